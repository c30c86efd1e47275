"""Peer of the convolutional network: correlation by explicit shifts, an independent way to the same sums.

Ours calls torch's convolution, so a library's network would only run the same code again. The peer takes the definition
literally: it pads, shifts the input by every offset of the filter, and adds up products.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork


def correlate(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the zero-padded cross-correlation of `[B, C, H, W]` with `[D, C, k, k]`, by shifts."""
    height, width, size = *x.shape[2:], weight.shape[2]
    padded = F.pad(x, [size // 2] * 4)
    total = x.new_zeros(len(x), len(weight), height, width) + bias[:, None, None]
    for row in range(size):
        for column in range(size):
            window = padded[:, :, row : row + height, column : column + width]
            total = total + torch.einsum("bchw,dc->bdhw", window, weight[:, :, row, column])
    return total


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = ConvolutionalNetwork(in_channels=3, channels=[4, 5])

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        for layer in (0, 2):
            x = correlate(x, weights[f"layers.{layer}.weight"], weights[f"layers.{layer}.bias"]).clamp(min=0)
        return x

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = nn.Sequential()
    for narrow, wide in ((1, 16), (16, 32), (32, 32)):
        peer.extend([nn.Conv2d(narrow, wide, 3, padding=1), nn.ReLU()])
    peer.extend([nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)])
    return "shifted-digits", peer, {"x": torch.randn(64, 1, 28, 28, generator=generator)}
