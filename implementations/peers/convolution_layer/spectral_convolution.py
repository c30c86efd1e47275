"""Peer of the component: fast Fourier transforms of torch, as in the authors' code."""

from collections.abc import Callable

import torch
from torch import Tensor

SIZES = {"wide": {"in_channels": 3, "out_channels": 2, "modes": 4}, "more-than-samples": {"modes": 6}}


def peer(*, modes: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        kept = min(modes, (x.shape[2] + 1) // 2)
        matrices = torch.complex(*weights["weight"])[:kept]
        spectrum = torch.einsum("kdc,bck->bdk", matrices, torch.fft.rfft(x)[:, :, :kept])
        return torch.fft.irfft(spectrum, n=x.shape[2])

    return theirs
