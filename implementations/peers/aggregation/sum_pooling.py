"""Peer of the component: PyG's `SumAggregation`, on the elements of all sets in one list."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn.aggr import SumAggregation

from implementations.concepts.aggregation.sum_pooling import SumPooling


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs."""
    ours = SumPooling()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        of_set = torch.arange(len(x)).repeat_interleave(x.shape[1])
        return SumAggregation()(x.flatten(0, 1), of_set, dim_size=len(x))

    return ours, theirs, ours.example_inputs(generator)
