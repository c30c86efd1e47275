"""Peer of the component: `torch.lstm_cell`, the step behind `nn.LSTMCell`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor

SIZES = {"odd": {"in_features": 5, "units": 3}}


def peer(*, bias: bool, squash: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    if not (bias and squash):
        raise NotImplementedError("torch's cell has biases and squashes what the output gate lets through")

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        flat = [weights[name] for name in ("input.weight", "recurrent.weight", "input.bias")]
        return torch.lstm_cell(x, (h, c), *flat, torch.zeros_like(flat[2]))

    return theirs
