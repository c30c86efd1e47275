"""Peer of additive attention: PyG's `AttentionalAggregation` over the keys of a query, a perceptron for its gate."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn.aggr import AttentionalAggregation

SIZES = {"odd": {"query_features": 3, "key_features": 5, "units": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        first = torch.cat([weights["query.weight"], weights["key.weight"]], dim=1)  # one layer on [q, k]

        def gate(rows: Tensor) -> Tensor:
            return F.linear(torch.tanh(F.linear(rows[:, : first.shape[1]], first)), weights["score.weight"])

        examples, queries, keys = (*q.shape[:2], k.shape[1])
        rows = torch.cat(
            [
                q[:, :, None].expand(-1, -1, keys, -1),
                k[:, None].expand(-1, queries, -1, -1),
                v[:, None].expand(-1, queries, -1, -1),
            ],
            dim=-1,
        ).flatten(0, 2)  # [B T S, ...], one row for each pair
        index = torch.arange(examples * queries).repeat_interleave(keys)
        mixed = AttentionalAggregation(_Function(gate), _Function(lambda rows: rows[:, first.shape[1] :]))(rows, index)
        return mixed.unflatten(0, (examples, queries))

    return theirs


class _Function(nn.Module):
    """A function as a module, because the peer needs a module."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, rows: Tensor) -> Tensor:
        return self.function(rows)
