"""Peer of the component: `torch.lstm_cell`, the step behind `nn.LSTMCell`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LSTMCell()

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        bias = weights["input.bias"]
        matrices = weights["input.weight"], weights["recurrent.weight"]
        return torch.lstm_cell(x, (h, c), *matrices, bias, torch.zeros_like(bias))

    return ours, theirs, ours.example_inputs(generator)
