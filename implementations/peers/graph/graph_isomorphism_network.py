"""Peer of the graph isomorphism network: two of PyG's `GINConv`, with learned epsilon."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import GINConv


def convolution(inputs: int, hidden: int, outputs: int) -> GINConv:
    """Return a layer with a perceptron of one hidden layer."""
    return GINConv(nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs)), train_eps=True)


def peer(*, in_features: int, hidden: int, out_features: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    sizes = ((in_features, hidden, hidden), (hidden, hidden, out_features))
    first, last = (convolution(*layer).double() for layer in sizes)

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        x = torch.func.functional_call(first, _named(weights, "first"), (x, edge_index)).relu()
        return torch.func.functional_call(last, _named(weights, "last"), (x, edge_index))

    return theirs


class Stacked(nn.Sequential):
    """Two layers with a rectified linear unit between them."""

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return the outputs of all nodes."""
        first, last = self
        return last(first(x, edge_index).relu(), edge_index)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return (
        "cora",
        Stacked(convolution(1433, 128, 128), convolution(128, 128, 7)),
        {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)},
    )


def _named(weights: dict[str, Tensor], layer: str) -> dict[str, Tensor]:
    names = {"eps": "epsilon"} | {f"nn.{i}.{part}": f"mlp.{i}.{part}" for i in (0, 2) for part in ("weight", "bias")}
    return {theirs: weights[f"{layer}.{ours}"] for theirs, ours in names.items()}
