"""Peer of the LSTM without peepholes: torch's own loop behind `nn.LSTM`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {"odd": {"in_features": 4, "units": 5, "out_features": 3, "peepholes": False}}
OPEN = 50.0
"""A bias with which a gate is open: its sigmoid is 1 in float64."""


def with_forget_gate(stacked: Tensor, value: float) -> Tensor:
    """Insert a forget gate between the input gate and the candidate of an LSTM that has none."""
    i, g, o = stacked.chunk(3)
    return torch.cat([i, torch.full_like(i, value), g, o])


def peer(*, out_features: int, peepholes: bool, forget_gate: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    if peepholes:
        raise NotImplementedError("torch's has no peepholes")
    forget = {"input.weight": 0.0, "recurrent.weight": 0.0, "input.bias": OPEN}  # a forget gate that is always open

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        flat = [
            weights[name] if forget_gate else with_forget_gate(weights[name], value) for name, value in forget.items()
        ]
        flat.append(torch.zeros_like(flat[2]))
        states, last_h, last_c = torch.lstm(x, [h[None], c[None]], flat, True, 1, 0.0, False, False, True)
        if out_features:
            states = F.linear(states, weights["read_out.weight"], weights["read_out.bias"])
        return states, last_h[0], last_c[0]

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "width-128", nn.LSTM(128, 128, batch_first=True), {"x": torch.randn(32, 100, 128, generator=generator)}
