"""Relative position bias: a learned number for every range of distances is added to the scores of attention.

Source: Raffel et al. 2020, sec. 2.1 (raffel2019exploring); the ranges are those of the authors' code.

Equations:
    y_hij = s_hij + b_{h, r(j - i)}     r(d): number of the range that a distance belongs to, with E ranges to a side
    |d| < E / 2:  r = |d|
    otherwise:    r = min(E - 1, E / 2 + floor(E / 2 log(2 |d| / E) / log(2 R / E)))
    E is half of the ranges where both sides are seen, one side after the other; R is the distance of the last range

Shapes: B examples, H heads, T queries, S keys.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments

SPREAD = 0.5
"""Standard deviation of the first values; the authors' code divides by the root of the model's width instead."""


class RelativePositionBias(nn.Module):
    """Adds to the scores of every head what it has learned for the range of each distance.

    Args:
        heads: Number H of heads.
        ranges: Number of ranges of distances, of both sides together.
        reach: Distance R from which on all distances are in the last range; greater than half of the ranges to a side.
        causal: Whether all ranges are for keys before the query. Later keys have the distance 0 then, and are to be
            masked.

    Raises:
        ValueError: The ranges cannot be divided into those of both sides, and these into short and long distances, or
            the reach is within the short distances.

    Example:
        >>> bias = RelativePositionBias(heads=1, ranges=8, reach=16)
        >>> bias.range_of(torch.tensor([-100, -2, -1, 0, 1, 2, 100]))
        tensor([3, 2, 1, 0, 5, 6, 7])
        >>> RelativePositionBias(ranges=6)
        Traceback (most recent call last):
        ValueError: RelativePositionBias(ranges=6) cannot be built: ranges (6) must be divisible by 4
        >>> RelativePositionBias(ranges=8, reach=2)
        Traceback (most recent call last):
        ValueError: RelativePositionBias(ranges=8, reach=2) cannot be built: reach (2) must be greater than 2
    """

    @checked_arguments()
    def __init__(self, *, heads: int = 2, ranges: int = 8, reach: int = 16, causal: bool = False) -> None:
        super().__init__()
        parts = 2 if causal else 4
        if ranges % parts:
            raise ValueError(f"ranges ({ranges}) must be divisible by {parts}")
        if reach <= ranges // parts:
            raise ValueError(f"reach ({reach}) must be greater than {ranges // parts}")
        self.side, self.reach, self.causal = ranges // (parts // 2), reach, causal
        self.weight = nn.Parameter(torch.randn(ranges, heads) * SPREAD)

    def forward(self, scores: Tensor) -> Float[Tensor, "B H T S"]:
        """Return the scores plus the numbers of their distances; queries and keys start at the same position.

        Args:
            scores: `[B, H, T, S]`, or `[B, 1, T, S]` where they are the same in all heads, as those of a mask are.
        """
        queries, keys = (torch.arange(size, device=scores.device) for size in scores.shape[-2:])
        return scores + self.weight[self.range_of(keys - queries[:, None])].permute(2, 0, 1)  # [H, T, S]

    def range_of(self, distances: Tensor) -> Tensor:
        """Return the number of the range of every distance, which is below 0 for earlier keys."""
        short = self.side // 2
        far = (-distances).clamp(min=0) if self.causal else distances.abs()
        growth = (far.clamp(min=short) / short).log() / math.log(self.reach / short)
        long = (short + (growth * short).long()).clamp(max=self.side - 1)
        after = 0 if self.causal else (distances > 0) * self.side
        return torch.where(far < short, far, long) + after

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5, S: int = 7) -> dict[str, Tensor]:
        """Return random scores, of more keys than queries."""
        return {"scores": torch.randn(B, self.weight.shape[1], T, S, generator=generator)}
