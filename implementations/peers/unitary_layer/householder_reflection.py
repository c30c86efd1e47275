"""Peer of the component: `torch.linalg.householder_product`, with the normal scaled so that it begins with one."""

from collections.abc import Callable

import torch
from torch import Tensor

SIZES = {"odd": {"units": 7}}


def peer(*, units: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        normal = torch.view_as_complex(weights["normal"])
        scaled = normal / normal[0]  # LAPACK's reflectors are I - tau w w*, and w begins with one
        others = torch.zeros(units, units - 1, dtype=normal.dtype)
        tau = 2 / (scaled * scaled.conj()).sum()
        matrix = torch.linalg.householder_product(torch.cat([scaled[:, None], others], 1), tau[None])
        return torch.view_as_real(torch.view_as_complex(x) @ matrix.T)

    return theirs
