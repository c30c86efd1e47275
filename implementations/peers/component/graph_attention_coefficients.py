"""Peer of the graph attention coefficients: the attention that PyG's `GATConv` returns beside its output."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.nn import GATConv

SIZES = {"three-heads": {"heads": 3, "features": 5, "slope": 0.4}}


def peer(*, heads: int, features: int, slope: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    width = heads * features
    module = GATConv(width, features, heads, negative_slope=slope, add_self_loops=False, bias=False).double()
    identity = torch.eye(width, dtype=torch.float64)

    def theirs(weights: dict[str, Tensor], values: Tensor, edges: Tensor) -> Tensor:
        named = {"lin.weight": identity, "att_src": weights["source"][None], "att_dst": weights["target"][None]}
        arguments = {"return_attention_weights": True}
        _, (_, attention) = torch.func.functional_call(module, named, (values.flatten(1), edges), arguments)
        return attention

    return theirs
