"""Peer of the LSTM without peepholes: torch's own loop behind `nn.LSTM`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {"odd": {"in_features": 4, "units": 5, "out_features": 3, "peepholes": False}}
OPEN = 50.0
"""A bias with which a gate is open: its sigmoid is 1 in float64."""


def in_torch_order(stacked: Tensor, *, open_gate: float | None = None) -> Tensor:
    """Reorder the gates from ours (input, output, cell, forget) to torch's (input, forget, cell, output).

    Args:
        stacked: The gates, one after the other.
        open_gate: Values for the forget gate where ours has none.
    """
    i, o, g, *f = stacked.chunk(4 if open_gate is None else 3)
    return torch.cat([i, *(f or [torch.full_like(i, open_gate or 0.0)]), g, o])


def peer(*, out_features: int, peepholes: bool, forget_gate: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    if peepholes:
        raise NotImplementedError("torch's has no peepholes")
    shares = {"input.weight": 0.0, "recurrent.weight": 0.0, "input.bias": OPEN}

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        gates = ((weights[name], None if forget_gate else share) for name, share in shares.items())
        flat = [in_torch_order(stacked, open_gate=share) for stacked, share in gates]
        flat.append(torch.zeros_like(flat[2]))
        states, last_h, last_c = torch.lstm(x, [h[None], c[None]], flat, True, 1, 0.0, False, False, True)
        if out_features:
            states = F.linear(states, weights["read_out.weight"], weights["read_out.bias"])
        return states, last_h[0], last_c[0]

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "width-128", nn.LSTM(128, 128, batch_first=True), {"x": torch.randn(32, 100, 128, generator=generator)}
