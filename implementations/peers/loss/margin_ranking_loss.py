"""Peer of the component: `F.multi_margin_loss`, which divides by the number of candidates."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.loss.margin_ranking_loss import MarginRankingLoss


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = MarginRankingLoss()

    def theirs(weights: dict[str, Tensor], scores: Tensor, right: Tensor) -> Tensor:
        return scores.shape[1] * F.multi_margin_loss(scores, right, margin=0.1, reduction="none")

    return ours, theirs, ours.example_inputs(generator)
