"""Peer of Set2Set: PyG's aggregation of this name, around `nn.LSTM`."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.nn.aggr import Set2Set as Theirs


def as_theirs(weights: dict[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """Return our weights by the names of PyG's module, whose LSTM has two biases."""
    bias = weights[f"{prefix}lstm.input.bias"]
    return {
        "lstm.weight_ih_l0": weights[f"{prefix}lstm.input.weight"],
        "lstm.weight_hh_l0": weights[f"{prefix}lstm.recurrent.weight"],
        "lstm.bias_ih_l0": bias,
        "lstm.bias_hh_l0": torch.zeros_like(bias),
    }


SIZES = {"two-steps": {"features": 3, "steps": 2}}


def peer(*, features: int, steps: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    theirs = Theirs(features, processing_steps=steps).double()

    def call(weights: dict[str, Tensor], x: Tensor, index: Tensor) -> Tensor:
        return torch.func.functional_call(theirs, as_theirs(weights), (x, index), {"dim_size": 2})

    return call
