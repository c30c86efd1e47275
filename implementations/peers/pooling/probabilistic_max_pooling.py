"""Peer of probabilistic max-pooling: torch's categorical distribution, one for every block, block by block."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.distributions import Categorical

SIZES = {"blocks-of-three": {"block": 3, "H": 7, "W": 5}}


def peer(*, block: int) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        pool = torch.zeros(*x.shape[:2], *(-(-size // block) for size in x.shape[2:]), dtype=x.dtype)
        detection = torch.zeros_like(x)
        for row in range(pool.shape[2]):
            for column in range(pool.shape[3]):
                window = (..., *(slice(block * at, block * (at + 1)) for at in (row, column)))
                units = x[window]
                off = x.new_zeros(*x.shape[:2], 1)
                probabilities = Categorical(logits=torch.cat([units.flatten(2), off], 2)).probs
                pool[..., row, column] = 1 - probabilities[..., -1]
                detection[window] = probabilities[..., :-1].view_as(units)
        return pool, detection

    return theirs
