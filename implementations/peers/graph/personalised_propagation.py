"""Peer of the personalised propagation of predictions: PyG's `MLP` and `APPNP`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import APPNP, MLP

from implementations.architectures.graph.personalised_propagation import PersonalisedPropagation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = PersonalisedPropagation(in_features=5, hidden=[8], out_features=3, steps=4, teleport=0.2)
    predict = MLP([5, 8, 3], norm=None).double()
    propagate = APPNP(K=4, alpha=0.2)

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        named = {name.replace("layers.", "lins."): weight for name, weight in weights.items()}
        return propagate(torch.func.functional_call(predict, named, (x,)), edge_index)

    return ours, theirs, ours.example_inputs(generator)


class Predicted(nn.Sequential):
    """A perceptron, and the propagation of what it predicts."""

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return the outputs of all nodes."""
        predict, propagate = self
        return propagate(predict(x), edge_index)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return (
        "cora",
        Predicted(MLP([1433, 64, 7], norm=None), APPNP(K=10, alpha=0.1)),
        {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)},
    )
