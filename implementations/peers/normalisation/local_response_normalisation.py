"""Peer of the component: `F.local_response_norm`, which divides alpha by the number of channels."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.normalisation.local_response_normalisation import LocalResponseNormalisation


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = LocalResponseNormalisation()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.local_response_norm(x, 5, alpha=5e-4, beta=0.75, k=2.0)

    return ours, theirs, ours.example_inputs(generator)
