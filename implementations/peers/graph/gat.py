"""Peer of the graph attention network: two of PyG's `GATConv`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn import GATConv

SIZES = {"out-heads": {"in_features": 6, "hidden": 3, "out_features": 2, "heads": 3, "out_heads": 3}}


def peer(*, in_features: int, hidden: int, out_features: int, heads: int, out_heads: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    first = GATConv(in_features, hidden, heads=heads).double()
    last = GATConv(heads * hidden, out_features, heads=out_heads, concat=False).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        x = F.elu(torch.func.functional_call(first, _named(weights, "first"), (x, edge_index)))
        return torch.func.functional_call(last, _named(weights, "last"), (x, edge_index))

    return theirs


class Stacked(nn.Sequential):
    """Two layers with an exponential linear unit between them."""

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return the outputs of all nodes."""
        first, last = self
        return last(F.elu(first(x, edge_index)), edge_index)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return (
        "cora",
        Stacked(GATConv(1433, 8, heads=8), GATConv(64, 7)),
        {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)},
    )


def _named(weights: dict[str, Tensor], layer: str) -> dict[str, Tensor]:
    return {
        "lin.weight": weights[f"{layer}.linear.weight"],
        "att_src": weights[f"{layer}.coefficients.source"][None],
        "att_dst": weights[f"{layer}.coefficients.target"][None],
        "bias": weights[f"{layer}.bias"],
    }
