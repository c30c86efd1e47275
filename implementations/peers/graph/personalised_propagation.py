"""Peer of the personalised propagation of predictions: PyG's `MLP` and `APPNP`."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch_geometric.nn import APPNP, MLP

SIZES = {"deep": {"in_features": 4, "hidden": [7, 6], "out_features": 2, "steps": 4, "teleport": 0.2}}


def peer(
    *, in_features: int, hidden: Sequence[int], out_features: int, steps: int, teleport: float
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    predict = MLP([in_features, *hidden, out_features], norm=None).double()
    propagate = APPNP(K=steps, alpha=teleport)

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        named = {name.replace("layers.", "lins."): weight for name, weight in weights.items()}
        return propagate(torch.func.functional_call(predict, named, (x,)), edge_index)

    return theirs


class Predicted(nn.Sequential):
    """A perceptron, and the propagation of its predictions."""

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
