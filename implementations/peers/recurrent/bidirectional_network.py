"""Peer of the bidirectional network: torch's own loop in both directions behind `nn.RNN`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {"odd": {"in_features": 4, "units": 5, "out_features": 3}}


def peer(*, units: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        flat = []
        for direction in ("forwards", "backwards"):
            bias = weights[f"{direction}.input.bias"]
            matrices = [weights[f"{direction}.{part}.weight"] for part in ("input", "recurrent")]
            flat += [*matrices, bias, torch.zeros_like(bias)]
        start = x.new_zeros(2, len(x), units)
        states, _ = torch.rnn_tanh(x, start, flat, True, 1, 0.0, False, True, True)
        return F.linear(states, weights["read_out.weight"], weights["read_out.bias"])

    return theirs


class Whole(nn.Module):
    """The library's network with a read-out."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.states = nn.RNN(width, width, batch_first=True, bidirectional=True)
        self.read_out = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return one output for every step."""
        return self.read_out(self.states(x)[0])


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "width-128", Whole(128), {"x": torch.randn(32, 100, 128, generator=generator)}
