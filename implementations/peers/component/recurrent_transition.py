"""Peer of the component: `torch.rnn_tanh_cell`, one step of `nn.RNNCell`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor

SIZES = {"odd": {"in_features": 5, "units": 3}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> Tensor:
        return torch.rnn_tanh_cell(x, h, weights["input.weight"], weights["state.weight"], weights["input.bias"])

    return theirs
