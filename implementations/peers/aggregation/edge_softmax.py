"""Peer of the component: PyG's `softmax` over groups."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.utils import softmax

from implementations.concepts.aggregation.edge_softmax import EdgeSoftmax


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs."""
    ours = EdgeSoftmax()

    def theirs(weights: dict[str, Tensor], scores: Tensor, receiver: Tensor) -> Tensor:
        return softmax(scores, receiver, num_nodes=6)

    return ours, theirs, ours.example_inputs(generator)
