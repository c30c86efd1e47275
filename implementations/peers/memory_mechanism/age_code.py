"""Peer of the component: `F.embedding` of the ages."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.memory_mechanism.age_code import AgeCode


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = AgeCode()

    def theirs(weights: dict[str, Tensor], m: Tensor) -> Tensor:
        ages = torch.arange(m.shape[1] - 1, -1, -1)
        return m + F.embedding(ages, weights["weight"])

    return ours, theirs, ours.example_inputs(generator)
