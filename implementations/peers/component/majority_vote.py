"""Peer of the component: `torch.bincount`, one decision at a time."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.component.majority_vote import MajorityVote


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = MajorityVote()

    def theirs(weights: dict[str, Tensor], votes: Tensor) -> Tensor:
        return torch.stack([row.bincount(minlength=3) / len(row) for row in votes])

    return ours, theirs, ours.example_inputs(generator)
