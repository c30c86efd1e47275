"""Peer of the component: the weights entry by entry, and `torch.einsum`."""

from collections.abc import Callable

import torch
from torch import Tensor


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.einsum("btd,td->bd", x, position_weights(*x.shape[1:]))

    return theirs


def position_weights(words: int, features: int) -> Tensor:
    """Return the weights of the paper, `[words, features]` in float64, one by one."""
    entries = [
        [(1 - j / words) - k / features * (1 - 2 * j / words) for k in range(1, features + 1)]
        for j in range(1, words + 1)
    ]
    return torch.tensor(entries, dtype=torch.float64)
