"""Peer of the orthogonal recurrent network: torch's orthogonal parametrisation of a linear layer, at every step."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import orthogonal

from implementations.peers.unitary_layer.orthogonal_parametrisation import linear

SIZES = {"odd": {"in_features": 4, "units": 7, "out_features": 3}}


def peer(*, constraint: str) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        states = []
        for step in x.unbind(1):
            squashed = torch.tanh(F.linear(step, weights["input.weight"], weights["input.bias"]))
            turned = F.linear(h, weights["weight"]) if constraint == "soft" else linear(weights["rotation.weight"], h)
            h = turned + squashed
            states.append(h)
        return F.linear(torch.stack(states, 1), weights["read_out.weight"], weights["read_out.bias"]), h

    return theirs


class Rotated(nn.Module):
    """A loop over torch's orthogonal layer, whose matrix is computed once for a sequence."""

    def __init__(self, features: int, units: int, outputs: int) -> None:
        super().__init__()
        self.input, self.read_out = nn.Linear(features, units), nn.Linear(units, outputs)
        self.rotation = orthogonal(nn.Linear(units, units, bias=False), orthogonal_map="matrix_exp")

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of all steps."""
        h, states = x.new_zeros(len(x), self.read_out.in_features), []
        with parametrize.cached():
            for step in self.input(x).tanh().unbind(1):
                h = self.rotation(h) + step
                states.append(h)
        return self.read_out(torch.stack(states, 1))


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "copying", Rotated(6, 32, 5), {"x": torch.randn(128, 100, 6, generator=generator)}
