"""Peer of the deep linear network: the product of its matrices, by `torch.linalg.multi_dot`, then one product."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

SIZES = {"three-hidden": {"in_features": 5, "hidden": [6, 3, 4], "out_features": 2}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return x @ torch.linalg.multi_dot(list(weights.values())[::-1]).T

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    widths = [784, 512, 512, 512, 10]
    peer = nn.Sequential(*(nn.Linear(narrow, wide, bias=False) for narrow, wide in pairwise(widths)))
    return "width-512", peer, {"x": torch.randn(256, 784, generator=generator)}
