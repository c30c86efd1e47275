"""Peer of the LSTM without peepholes: torch's own loop behind `nn.LSTM`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.lstm import LSTM


def in_torch_order(stacked: Tensor) -> Tensor:
    """Reorder the gates from ours (input, output, cell, forget) to torch's (input, forget, cell, output)."""
    i, o, g, f = stacked.chunk(4)
    return torch.cat([i, f, g, o])


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LSTM(in_features=4, units=6, peepholes=False)

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        flat = [in_torch_order(weights[name]) for name in ("input.weight", "recurrent.weight", "input.bias")]
        flat.append(torch.zeros_like(flat[2]))
        states, last_h, last_c = torch.lstm(x, [h[None], c[None]], flat, True, 1, 0.0, False, False, True)
        return states, last_h[0], last_c[0]

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "width-128", nn.LSTM(128, 128, batch_first=True), {"x": torch.randn(32, 100, 128, generator=generator)}
