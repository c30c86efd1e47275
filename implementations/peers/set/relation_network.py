"""Peer of the relation network: PyG's `DeepSetsAggregation`, over all pairs of objects in one list."""

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor, nn
from torch_geometric.nn.aggr import DeepSetsAggregation


def peer(*, in_features: int, hidden: int, out_features: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    local = nn.Sequential(nn.Linear(2 * in_features, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
    total = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, out_features))
    module = DeepSetsAggregation(local, total).double()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        named = {
            name.replace("g.", "local_nn.", 1) if name[0] == "g" else name.replace("f.", "global_nn.", 1): value
            for name, value in weights.items()
        }
        listed = [torch.cat([objects[i], objects[j]]) for objects in x for i, j in product(range(x.shape[1]), repeat=2)]
        of_set = torch.arange(len(x)).repeat_interleave(x.shape[1] ** 2)
        return torch.func.functional_call(module, named, (torch.stack(listed), of_set))

    return theirs


class OnPairs(nn.Sequential):
    """The library's module on all pairs of elements."""

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every set."""
        first, second = torch.cartesian_prod(*[torch.arange(x.shape[1])] * 2).T
        pairs = torch.cat([x[:, first], x[:, second]], 2)
        (aggregation,) = self
        return aggregation(pairs.flatten(0, 1), torch.arange(len(x)).repeat_interleave(pairs.shape[1]))


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    local = nn.Sequential(nn.Linear(52, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU())
    total = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    peer = OnPairs(DeepSetsAggregation(local, total))
    return "width-512", peer, {"x": torch.randn(4, 20, 26, generator=generator)}
