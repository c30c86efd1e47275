"""Peer of the component: `torch.rnn_tanh_cell`, one step of `nn.RNNCell`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.component.recurrent_transition import RecurrentTransition


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = RecurrentTransition()

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> Tensor:
        return torch.rnn_tanh_cell(x, h, weights["input.weight"], weights["state.weight"], weights["input.bias"])

    return ours, theirs, ours.example_inputs(generator)
