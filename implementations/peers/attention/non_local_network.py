"""Peer of the non-local network: torch's attention with scores that are not scaled, between torch's layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.non_local_network import NonLocalNetwork


def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """Return what the peer makes of inputs, with our weights."""

    def pointwise(name: str, positions: Tensor) -> Tensor:
        return F.linear(positions, weights[f"block.{name}.weight"].flatten(1), weights[f"block.{name}.bias"])

    maps = F.conv2d(x, weights["stem.0.weight"], weights["stem.0.bias"], padding=1).clamp(min=0)
    positions = maps.permute(0, 2, 3, 1).flatten(1, 2)
    parts = (pointwise(name, positions) for name in ("theta", "phi", "g"))
    gathered = pointwise("output", F.scaled_dot_product_attention(*parts, scale=1.0))
    pooled = (positions + gathered).clamp(min=0).mean(1)
    return F.linear(pooled, weights["classifier.weight"], weights["classifier.bias"])


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = NonLocalNetwork()
    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    return "width-512", theirs, {"x": torch.randn(1, 3, 28, 28, generator=generator)}
