"""Peer of the GRU in the form of cuDNN: torch's own loop behind `nn.GRU`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {"updating": {"in_features": 4, "units": 5, "out_features": 3, "reset_after": True}}


def peer(*, out_features: int, convention: str, reset_after: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights; its update gate has the convention `keep`.

    As 1 - sigmoid(a) = sigmoid(-a), the weights of a gate with the convention `update` get the opposite sign.
    """
    if not reset_after:
        raise NotImplementedError("torch's has its reset gate after the recurrent matrix")
    sign = 1.0 if convention == "keep" else -1.0

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        units = h.shape[1]
        flip = torch.cat([h.new_full((units,), factor) for factor in (1.0, sign, 1.0)])  # r, z, candidate
        recurrent = torch.cat([weights["gates.weight"], weights["candidate.weight"]])
        second_bias = torch.cat([h.new_zeros(2 * units), weights["candidate.bias"]])
        matrices = [flip[:, None] * weights["input.weight"], flip[:, None] * recurrent]
        flat = [*matrices, flip * weights["input.bias"], second_bias]
        states, last = torch.gru(x, h[None], flat, True, 1, 0.0, False, False, True)
        if out_features:
            states = F.linear(states, weights["read_out.weight"], weights["read_out.bias"])
        return states, last[0]

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "width-128-reset-after",
        nn.GRU(128, 128, batch_first=True),
        {"x": torch.randn(32, 100, 128, generator=generator)},
    )
