"""Peer of the component: `F.glu`, torch's gated linear unit, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"in_features": 5, "units": 3}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, v: Tensor) -> Tensor:
        matrix = torch.cat([weights["input.weight"], weights["state.weight"]], 1)
        gate = F.linear(torch.cat([x, h], 1), matrix, weights["input.bias"])
        return F.glu(torch.cat([v, gate], 1))

    return theirs
