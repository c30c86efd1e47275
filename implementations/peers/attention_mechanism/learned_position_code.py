"""Peer of the learned position code: `F.embedding` of the numbers of the positions."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

SIZES = {"long": {"width": 3, "length": 11}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return x + F.embedding(torch.arange(x.shape[1]), weights["weight"])

    return theirs
