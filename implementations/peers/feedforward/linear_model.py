"""Peer of the linear model: the sum over features as an `einsum`, which does not use `nn.Linear`."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.unitary_layer.orthogonal_parametrisation import linear

SIZES = {
    "wide": {"in_features": 6, "out_features": 7},
    "rotation-of-five": {"in_features": 5, "out_features": 5, "bias": False, "rotation": True},
}


def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """Return the outputs of the peer for inputs, with our weights: a sum of products, and the bias if there is one."""
    return torch.einsum("bf,gf->bg", x, weights["linear.weight"]) + weights.get("linear.bias", 0.0)


def rotated(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """Return the outputs of the peer with torch's parametrisation of rotations."""
    return linear(weights["linear.weight"], x)


def peer(*, rotation: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    return rotated if rotation else theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    return "width-2048", theirs, {"x": torch.randn(128, 2048, generator=generator)}
