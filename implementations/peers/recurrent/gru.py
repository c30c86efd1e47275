"""Peer of the GRU in the form of cuDNN: torch's own loop behind `nn.GRU`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.gru import GRU


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GRU(in_features=4, units=6, convention="keep", reset_after=True)

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        recurrent = torch.cat([weights["gates.weight"], weights["candidate.weight"]])
        second_bias = torch.cat([weights["candidate.bias"].new_zeros(12), weights["candidate.bias"]])
        flat = [weights["input.weight"], recurrent, weights["input.bias"], second_bias]
        states, last = torch.gru(x, h[None], flat, True, 1, 0.0, False, False, True)
        return states, last[0]

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "width-128-reset-after",
        nn.GRU(128, 128, batch_first=True),
        {"x": torch.randn(32, 100, 128, generator=generator)},
    )
