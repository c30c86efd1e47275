"""Peer of GraphSAGE: layers of PyG's `SAGEConv`."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch_geometric.nn import SAGEConv, models

SIZES = {"three-layers": {"in_features": 4, "hidden": [7, 6], "out_features": 2}}
NAMES = {"lin_l.weight": "neighbours.weight", "lin_l.bias": "neighbours.bias", "lin_r.weight": "self.weight"}


def peer(*, in_features: int, hidden: Sequence[int], out_features: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    layers = [SAGEConv(*sizes).double() for sizes in pairwise([in_features, *hidden, out_features])]

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        for number, layer in enumerate(layers):
            named = {name: weights[f"layers.{number}.{ours}"] for name, ours in NAMES.items()}
            x = torch.func.functional_call(layer, named, (x.relu() if number else x, edge_index))
        return x

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return (
        "cora",
        models.GraphSAGE(1433, 16, num_layers=2, out_channels=7),
        {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)},
    )
