"""Peer of the B-spline basis: `B_batch` of pykan, the library of Liu et al."""

from collections.abc import Callable

import torch
from kan.spline import B_batch
from torch import Tensor

SIZES = {"lines": {"intervals": 5, "degree": 1}, "elsewhere": {"intervals": 4, "degree": 2, "low": 0.5, "high": 2.5}}


def peer(*, intervals: int, degree: int, low: float, high: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        steps = torch.arange(-degree, intervals + degree + 1, dtype=x.dtype)
        return B_batch(x, (low + (high - low) / intervals * steps).expand(x.shape[1], -1), k=degree)

    return theirs
