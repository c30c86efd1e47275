"""Sequences of repeated random words, for experiments on networks that continue them."""

import torch
from jaxtyping import Int
from torch import Tensor

WORDS, SHORTEST, LONGEST = 16, 6, 12


def repeated(
    count: int, length: int, generator: torch.Generator
) -> tuple[Int[Tensor, "count length"], Int[Tensor, "count 1"]]:
    """Return blocks of different random words, which are repeated until there are enough, and the length of each block.

    Args:
        count: Number of sequences.
        length: Words of each.
        generator: Source of random numbers.

    Example:
        >>> words, period = repeated(1, 24, torch.Generator().manual_seed(0))
        >>> len(set(words[0].tolist())) == period.item()
        True
    """
    order = torch.rand(count, WORDS, generator=generator).argsort(1)
    period = torch.randint(SHORTEST, LONGEST + 1, (count, 1), generator=generator)
    return order.gather(1, torch.arange(length) % period), period
