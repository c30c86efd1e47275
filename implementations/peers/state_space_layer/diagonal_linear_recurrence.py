"""Peer of the component: mambapy's parallel scan, with an axis of length one where the library has a second one."""

from collections.abc import Callable

from mambapy.pscan import pscan
from torch import Tensor

SIZES = {"longer": {"T": 13}}


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], a: Tensor, b: Tensor) -> Tensor:
        return pscan(a[..., None], b[..., None])[..., 0]

    return theirs
