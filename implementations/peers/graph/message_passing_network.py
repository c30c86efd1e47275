"""Peer of the message passing network: PyG's `NNConv` and `Set2Set`, around a gated recurrent unit in torch's terms."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import NNConv
from torch_geometric.nn.aggr import Set2Set

from implementations.peers.aggregation.set2set import as_theirs

SIZES = {"two-rounds": {"in_features": 3, "edge_features": 2, "width": 5, "hidden": 7, "rounds": 2, "steps": 2}}


class Theirs(nn.Module):
    """Messages, updates and read-out from the two libraries' parts.

    Args:
        features: Numbers of a node.
        attributes: Numbers of an edge.
        width: Numbers of a state.
        hidden: Width of the edge network.
        outputs: Numbers of outputs.
        rounds: Rounds of messages.
        steps: How often the read-out reads the nodes.
    """

    def __init__(
        self, features: int, attributes: int, width: int, hidden: int, outputs: int, rounds: int = 3, steps: int = 3
    ) -> None:
        super().__init__()
        self.rounds = rounds
        edge_network = nn.Sequential(nn.Linear(attributes, hidden), nn.ReLU(), nn.Linear(hidden, width**2))
        self.pad = nn.ZeroPad1d((0, width - features))
        self.conv = NNConv(width, width, edge_network, aggr="add", root_weight=False, bias=False)
        self.input_map = nn.Linear(width, 3 * width)
        self.gates = nn.Linear(width, 2 * width, bias=False)
        self.candidate = nn.Linear(width, width, bias=False)
        self.project = nn.Linear(width + features, width)
        self.pool = Set2Set(width, processing_steps=steps)
        self.output = nn.Sequential(nn.Linear(2 * width, width), nn.ReLU(), nn.Linear(width, outputs))

    def forward(self, x: Tensor, edge_index: Tensor, e: Tensor, graph: Tensor) -> tuple[Tensor, Tensor]:
        """Return outputs and last states."""
        h = self.pad(x)
        for _ in range(self.rounds):
            from_messages = self.input_map(self.conv(h, edge_index, e)).chunk(3, 1)
            from_state = self.gates(h).chunk(2, 1)
            r, z = (torch.sigmoid(a + b) for a, b in zip(from_messages, from_state, strict=False))
            h = (1 - z) * h + z * torch.tanh(from_messages[2] + self.candidate(r * h))
        read = self.pool(self.project(torch.cat([h, x], 1)), graph, dim_size=int(graph[-1]) + 1)
        return self.output(read), h


def peer(
    *,
    in_features: int,
    edge_features: int,
    width: int,
    hidden: int,
    rounds: int,
    readout: str,
    steps: int,
    out_features: int,
) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    if readout != "set2set":
        raise NotImplementedError("PyG has no sum that is gated by what a node was and is")
    theirs = Theirs(in_features, edge_features, width, hidden, out_features, rounds, steps).double()

    def call(weights: dict[str, Tensor], **inputs: Tensor) -> tuple[Tensor, ...]:
        pooled = as_theirs(weights, "readout.pool.")
        named = {f"pool.{name}": value for name, value in pooled.items()}
        last = "edge_network.2"  # PyG multiplies by the matrix of an edge from the right
        for name, value in weights.items():
            if name.startswith(last):
                turned = value.unflatten(0, (width, width)).transpose(0, 1).flatten(0, 1)
                named[f"conv.nn.2{name.removeprefix(last)}"] = turned
            elif not name.startswith("readout.pool."):
                named[_named_as_theirs(name)] = value
        return torch.func.functional_call(theirs, named, kwargs=inputs)

    return call


def _named_as_theirs(name: str) -> str:
    """Return their name of a weight of ours that has the same shape there."""
    for ours, theirs in {"edge_network": "conv.nn", "update.input": "input_map", "update": "", "readout": ""}.items():
        if name.startswith(f"{ours}."):
            return f"{theirs}{name.removeprefix(ours)}".removeprefix(".")
    return name


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    first = 9 * torch.randint(0, 64, (1, 1280), generator=generator)  # atoms of 64 molecules of nine
    inputs = {
        "x": torch.randn(576, 5, generator=generator),
        "edge_index": first + torch.randint(0, 9, (2, 1280), generator=generator),
        "e": torch.randn(1280, 1, generator=generator),
        "graph": torch.arange(576) // 9,
    }
    return "molecules", Theirs(features=5, attributes=1, width=24, hidden=32, outputs=1, rounds=6), inputs
