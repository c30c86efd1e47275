"""Peer of the component: PyG's `SumAggregation`, on the elements of all sets in one list."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.nn.aggr import SumAggregation


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        of_set = torch.arange(len(x)).repeat_interleave(x.shape[1])
        return SumAggregation()(x.flatten(0, 1), of_set, dim_size=len(x))

    return theirs
