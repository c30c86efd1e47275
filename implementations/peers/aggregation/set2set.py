"""Peer of Set2Set: PyG's aggregation of this name, around `nn.LSTM`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn.aggr import Set2Set as Theirs

from implementations.concepts.aggregation.set2set import Set2Set


def as_theirs(weights: dict[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """Return our weights by the names of PyG's module, whose LSTM has two biases."""
    bias = weights[f"{prefix}ask.input.bias"]
    return {
        "lstm.weight_ih_l0": weights[f"{prefix}ask.input.weight"],
        "lstm.weight_hh_l0": weights[f"{prefix}ask.recurrent.weight"],
        "lstm.bias_ih_l0": bias,
        "lstm.bias_hh_l0": torch.zeros_like(bias),
    }


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours, theirs = Set2Set(), Theirs(4, processing_steps=3).double()

    def call(weights: dict[str, Tensor], x: Tensor, index: Tensor) -> Tensor:
        return torch.func.functional_call(theirs, as_theirs(weights), (x, index), {"dim_size": 2})

    return ours, call, ours.example_inputs(generator)
