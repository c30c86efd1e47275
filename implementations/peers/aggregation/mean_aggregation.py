"""Peer of the component: PyG's `MeanAggregation`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn.aggr import MeanAggregation as Peer

from implementations.concepts.aggregation.mean_aggregation import MeanAggregation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs."""
    ours = MeanAggregation()

    def theirs(weights: dict[str, Tensor], messages: Tensor, receiver: Tensor) -> Tensor:
        return Peer()(messages, receiver, dim_size=6)

    return ours, theirs, ours.example_inputs(generator)
