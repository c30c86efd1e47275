"""Peer of the component: `F.scaled_dot_product_attention` without its scale, and a skip."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.memory_mechanism.memory_hop import MemoryHop


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = MemoryHop(width=4, mapped=True)

    def theirs(weights: dict[str, Tensor], u: Tensor, m: Tensor, c: Tensor) -> Tensor:
        read = F.scaled_dot_product_attention(u[:, None], m, c, scale=1.0)[:, 0]
        return F.linear(u, weights["skip.weight"]) + read

    return ours, theirs, ours.example_inputs(generator)
