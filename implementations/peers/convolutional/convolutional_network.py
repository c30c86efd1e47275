"""Peer of the convolutional network: correlation by explicit shifts, an independent computation of the same sums.

Ours calls torch's convolution, so a library's network would only run the same code again. The peer takes the definition
literally: it pads, shifts the input by every offset of the filter, and adds up products.
"""

from collections.abc import Callable, Sequence
from itertools import product

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {
    "wide-filters": {"in_channels": 3, "channels": [4, 5, 2], "kernel_size": 5, "stride": 3, "H": 9, "W": 8},
    "wide-filters-circular": {"channels": [3], "kernel_size": 5, "padding": "circular", "H": 9, "W": 8},
}


def correlate(x: Tensor, weight: Tensor, bias: Tensor, *, stride: int = 1, padding: str = "zeros") -> Tensor:
    """Return the cross-correlation of `[B, C, ...]` with `[D, C, k, ...]` over all axes of positions, by shifts."""
    reach, axes = weight.shape[2] // 2, range(2, x.dim())
    if padding == "zeros":
        padded = F.pad(x, [reach] * 2 * len(axes))
    else:
        padded = x
        for axis, size in zip(axes, x.shape[2:], strict=True):
            padded = padded.index_select(axis, torch.arange(-reach, size + reach) % size)
    total: Tensor | float = 0.0
    for offsets in product(range(weight.shape[2]), repeat=len(axes)):
        starts = zip(offsets, x.shape[2:], strict=True)
        window = padded[:, :, *(slice(first, first + size, stride) for first, size in starts)]
        total = total + torch.einsum("bc...,dc->bd...", window, weight[:, :, *offsets])
    return total + bias.view(-1, *[1] * len(axes))


def peer(*, channels: Sequence[int], stride: int, padding: str, classes: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        for number in range(len(channels)):
            parts = (weights[f"layers.{2 * number}.{part}"] for part in ("weight", "bias"))
            x = correlate(x, *parts, stride=1 if number else stride, padding=padding).clamp(min=0)
        if not classes:
            return x
        return x.flatten(2).mean(2) @ weights["read_out.weight"].T + weights["read_out.bias"]

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = nn.Sequential()
    for narrow, wide in ((1, 16), (16, 32), (32, 32)):
        peer.extend([nn.Conv2d(narrow, wide, 3, padding=1), nn.ReLU()])
    peer.extend([nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)])
    return "shifted-digits", peer, {"x": torch.randn(64, 1, 28, 28, generator=generator)}
