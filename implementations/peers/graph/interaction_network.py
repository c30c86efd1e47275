"""Peer of the interaction network: PyG's `MetaLayer` with functions of edges and nodes, but not of the whole graph."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import MLP, MetaLayer
from torch_geometric.utils import scatter

from implementations.architectures.graph.interaction_network import InteractionNetwork


class Effects(nn.Module):
    """A function of the two ends of each edge and of its attributes."""

    def __init__(self, function: nn.Module) -> None:
        super().__init__()
        self.function = function

    def forward(self, sender: Tensor, receiver: Tensor, e: Tensor, *_: Tensor | None) -> Tensor:
        """Return the effects of all edges."""
        return self.function(torch.cat([receiver, sender, e], 1))


class Predictions(nn.Module):
    """A function of each node, with external effects among its features, and of the sum of effects."""

    def __init__(self, function: nn.Module) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor, edge_index: Tensor, e: Tensor, external: Tensor, _: Tensor | None) -> Tensor:
        """Return the predictions for all nodes; external effects replace the feature of the graph."""
        return self.function(torch.cat([x, external, scatter(e, edge_index[1], dim=0, dim_size=len(x))], 1))


class Theirs(nn.Module):
    """The two functions as PyG's perceptrons, in its meta layer."""

    def __init__(self, features: int, attributes: int, external: int, effects: int, hidden: int, outputs: int) -> None:
        super().__init__()
        relations = MLP([2 * features + attributes, hidden, effects], norm=None)
        objects = MLP([features + external + effects, hidden, outputs], norm=None)
        self.layer = MetaLayer(Effects(relations), Predictions(objects))

    def forward(self, x: Tensor, edge_index: Tensor, e: Tensor, external: Tensor) -> Tensor:
        """Return the predictions for all objects."""
        return self.layer(x, edge_index, e, external)[0]


def peer(
    *, in_features: int, edge_features: int, external_features: int, effects: int, hidden: int, out_features: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    theirs = Theirs(in_features, edge_features, external_features, effects, hidden, out_features).double()
    functions = {"relation_model": "layer.edge_model.function", "object_model": "layer.node_model.function"}

    def call(weights: dict[str, Tensor], **inputs: Tensor) -> Tensor:
        named = {
            f"{functions[model]}.lins.{int(layer) // 2}.{kind}": value
            for (model, layer, kind), value in ((name.split("."), value) for name, value in weights.items())
        }
        return torch.func.functional_call(theirs, named, kwargs=inputs)

    return call


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    ours = InteractionNetwork(in_features=3, edge_features=4, external_features=2)
    theirs = Theirs(features=3, attributes=4, external=2, effects=32, hidden=64, outputs=2)
    return "mass-spring", theirs, ours.example_inputs(generator, N=2000, E=10000)
