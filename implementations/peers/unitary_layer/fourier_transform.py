"""Peer of the component: `torch.fft.fft`, the fast one."""

from collections.abc import Callable

import torch
from torch import Tensor

SIZES = {"inverse": {"inverse": True}}


def peer(*, inverse: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    transform = torch.fft.ifft if inverse else torch.fft.fft

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.view_as_real(transform(torch.view_as_complex(x), norm="ortho"))

    return theirs
