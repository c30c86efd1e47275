"""Peer of the component: `F.scaled_dot_product_attention` on the projections, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.self_attention import SelfAttention


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = SelfAttention()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        q, k, v = (F.linear(x, weights[f"{name}.weight"]) for name in ("query", "key", "value"))
        return F.scaled_dot_product_attention(q, k, v)

    return ours, theirs, ours.example_inputs(generator)
