"""Peer of the graph attention coefficients: the attention that PyG's `GATConv` returns beside its output."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import GATConv

from implementations.concepts.component.graph_attention_coefficients import GraphAttentionCoefficients


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GraphAttentionCoefficients(heads=2, features=3)
    peer = GATConv(6, 3, heads=2, add_self_loops=False, bias=False).double()
    identity = torch.eye(6, dtype=torch.float64)

    def theirs(weights: dict[str, Tensor], values: Tensor, edges: Tensor) -> Tensor:
        named = {"lin.weight": identity, "att_src": weights["source"][None], "att_dst": weights["target"][None]}
        arguments = {"return_attention_weights": True}
        _, (_, attention) = torch.func.functional_call(peer, named, (values.flatten(1), edges), arguments)
        return attention

    return ours, theirs, ours.example_inputs(generator)
