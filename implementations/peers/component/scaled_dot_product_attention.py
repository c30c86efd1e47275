"""Peer of the component: `F.scaled_dot_product_attention`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.scaled_dot_product_attention import ScaledDotProductAttention


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = ScaledDotProductAttention()

    def theirs(weights: dict[str, Tensor], q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(q, k, v)

    return ours, theirs, ours.example_inputs(generator)
