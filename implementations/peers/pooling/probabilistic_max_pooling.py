"""Peer of probabilistic max-pooling: torch's categorical distribution, one for every block, block by block."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributions import Categorical

from implementations.concepts.pooling.probabilistic_max_pooling import ProbabilisticMaxPooling


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer and inputs with blocks that are cut off on both sides."""
    ours = ProbabilisticMaxPooling(block=2)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        pool = torch.zeros(*x.shape[:2], (x.shape[2] + 1) // 2, (x.shape[3] + 1) // 2, dtype=x.dtype)
        detection = torch.zeros_like(x)
        for row in range(pool.shape[2]):
            for column in range(pool.shape[3]):
                place = (..., slice(2 * row, 2 * row + 2), slice(2 * column, 2 * column + 2))
                block = x[place]
                off = x.new_zeros(*x.shape[:2], 1)
                chances = Categorical(logits=torch.cat([block.flatten(2), off], 2)).probs
                pool[..., row, column] = 1 - chances[..., -1]
                detection[place] = chances[..., :-1].view_as(block)
        return pool, detection

    return ours, theirs, ours.example_inputs(generator, H=5, W=7)
