"""Peer of the component: `F.bilinear` of the features in full, with the product of the matrix and its transpose."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

SIZES = {"odd": {"vocabulary": 4, "width": 5}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], question: Tensor, found: Tensor, candidates: Tensor) -> Tensor:
        matrix = weights["weight"].T @ weights["weight"]  # [3 V, 3 V]
        left = F.pad(torch.cat([question, found], 1), (0, question.shape[1]))
        right = F.pad(candidates, (2 * question.shape[1], 0))
        return F.bilinear(left[:, None].expand_as(right).contiguous(), right, matrix[None])[..., 0]

    return theirs
