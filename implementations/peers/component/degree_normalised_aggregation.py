"""Peer of degree-normalised aggregation: PyG's `gcn_norm`, as a dense matrix."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn.conv.gcn_conv import gcn_norm

from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs."""
    ours = DegreeNormalisedAggregation()

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        edges, values = gcn_norm(edge_index, num_nodes=len(x), dtype=x.dtype)
        matrix = x.new_zeros(len(x), len(x)).index_put((edges[1], edges[0]), values, accumulate=True)
        return matrix @ x

    return ours, theirs, ours.example_inputs(generator)
