"""Peer of the recurrent network: torch's own loop behind `nn.RNN`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def peer(*, activation: str, orthogonal: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    layers = {"tanh": torch.rnn_tanh, "relu": torch.rnn_relu}
    if activation not in layers:
        raise NotImplementedError(f"torch has no recurrent layer with the activation {activation}")
    if orthogonal:
        raise NotImplementedError("torch has no recurrent layer with an orthogonal matrix")

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        flat = [weights["input.weight"], weights["recurrent.weight"], weights["input.bias"]]
        flat.append(torch.zeros_like(weights["input.bias"]))
        states, last = layers[activation](x, h[None], flat, True, 1, 0.0, False, False, True)
        return F.linear(states, weights["read_out.weight"], weights["read_out.bias"]), last[0]

    return theirs


class WithReadOut(nn.Sequential):
    """A recurrent layer and a linear map of its states."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of all steps."""
        layer, read_out = self
        return read_out(layer(x)[0])


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "width-128",
        WithReadOut(nn.RNN(128, 128, batch_first=True), nn.Linear(128, 128)),
        {"x": torch.randn(32, 100, 128, generator=generator)},
    )
