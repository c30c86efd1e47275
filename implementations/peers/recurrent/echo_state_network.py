"""Peer of the echo state network: torch's own loop, which `nn.RNN` calls, with the weights of the reservoir."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
    """Return the outputs of the peer for inputs, with our weights."""
    flat = [weights["input_weight"], weights["recurrent_weight"], weights["bias"]]
    flat.append(torch.zeros_like(weights["bias"]))
    states, last = torch.rnn_tanh(x, h[None], flat, True, 1, 0.0, False, False, True)
    return F.linear(states, weights["read_out.weight"], weights["read_out.bias"]), last[0]


def peer(*, leak: float) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    if leak != 1:
        raise NotImplementedError("torch's recurrent layer keeps nothing of its last state beside the recurrence")
    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    x, h = torch.randn(32, 500, 1, generator=generator), torch.zeros(32, 100)
    return "mackey-glass", theirs, {"x": x, "h": h}
