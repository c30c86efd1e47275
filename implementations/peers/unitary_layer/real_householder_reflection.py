"""Peer of the component: `torch.linalg.householder_product`, with the normal scaled so that it begins with one."""

from collections.abc import Callable

import torch
from torch import Tensor

SIZES = {"odd": {"features": 7}}


def mirror(normal: Tensor) -> Tensor:
    """Return the matrix `[F, F]` of the reflection with a given normal."""
    features = len(normal)
    scaled = normal / normal[0]  # LAPACK's reflectors are I - tau w w^T, and w begins with one
    others = normal.new_zeros(features, features - 1)
    tau = 2 / scaled.square().sum()
    return torch.linalg.householder_product(torch.cat([scaled[:, None], others], 1), tau[None])


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return x @ mirror(weights["normal"]).T

    return theirs
