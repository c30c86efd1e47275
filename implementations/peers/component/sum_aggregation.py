"""Peer of the component: PyG's `SumAggregation`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn.aggr import SumAggregation as Peer

from implementations.concepts.component.sum_aggregation import SumAggregation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = SumAggregation()

    def theirs(weights: dict[str, Tensor], messages: Tensor, receiver: Tensor) -> Tensor:
        return Peer()(messages, receiver, dim_size=6)

    return ours, theirs, ours.example_inputs(generator)
