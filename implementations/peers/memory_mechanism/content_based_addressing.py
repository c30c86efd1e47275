"""Peer of the component: `F.cosine_similarity` and a softmax."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.memory_mechanism.content_based_addressing import ContentBasedAddressing


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = ContentBasedAddressing()

    def theirs(weights: dict[str, Tensor], key: Tensor, strength: Tensor, memory: Tensor) -> Tensor:
        return F.softmax(F.cosine_similarity(key[:, None], memory, dim=2) * strength[:, None], dim=1)

    return ours, theirs, ours.example_inputs(generator)
