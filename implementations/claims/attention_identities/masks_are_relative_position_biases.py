"""Exact relation: a causal mask and a sliding window are relative position biases of minus infinity.

Source: our own; the biases are those of Raffel et al. 2020, sec. 2.1 (raffel2019exploring).

Method: relative position biases are zero for some ranges of distances, and minus infinity for the others: for all later
positions, or for all distances beyond two. Attention with these biases is compared with attention that has the mask or
the window. Then -50 replaces minus infinity. Last, a window whose edge lies within a range of distances is compared
with biases for every choice of ranges.

Measures:
    causal_error: relative difference of attention with biases and with a causal mask.
    window_error: of attention with biases and within a window.
    finite_error: the larger of both differences, if the biases are -50 in place of minus infinity.
    weak_difference: the smaller of both differences, if the biases are -1.
    later_difference: difference from the causal mask, if the earlier positions are hidden and not the later ones.
    edge_difference: smallest difference from a window of three positions to either side, of all choices of ranges that
        are hidden, where distances from two to five are one range.
"""

import math
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.relative_position_bias import RelativePositionBias
from implementations.concepts.attention_mechanism.sliding_window_attention import SlidingWindowAttention

POSITIONS, WIDTH, SIDE, REACH = 12, 4, 8, 2


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare attention with biases with masked attention.

    Args:
        seed: Seed of queries, keys and values.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    qkv = torch.randn(3, 1, 1, POSITIONS, WIDTH, generator=generator, dtype=torch.float64)
    causal = F.scaled_dot_product_attention(*qkv, is_causal=True)
    window, wider = (SlidingWindowAttention(reach=reach)(*qkv) for reach in (REACH, REACH + 1))
    earlier, later = [True] * SIDE + [False] * SIDE, [True] + [False] * (SIDE - 1) + [True] * SIDE
    near = [distance <= REACH for distance in range(SIDE)] * 2
    exact, finite, weak = (
        [difference(biased(qkv, seen, low), expected) for seen, expected in ((earlier, causal), (near, window))]
        for low in (-math.inf, -50.0, -1.0)
    )
    return {
        "causal_error": exact[0],
        "window_error": exact[1],
        "finite_error": max(finite),
        "weak_difference": min(weak),
        "later_difference": difference(biased(qkv, later, -math.inf), causal),
        "edge_difference": min(
            difference(biased(qkv, [True, *seen], -math.inf), wider) for seen in product((True, False), repeat=7)
        ),
    }


def biased(qkv: Tensor, seen: list[bool], low: float) -> Tensor:
    """Return attention with relative position biases.

    Args:
        qkv: Queries, keys and values.
        seen: The ranges of distances with the bias zero: of earlier positions and the own one, then of later ones.
        low: The bias of the others.
    """
    bias = RelativePositionBias(heads=1, ranges=len(seen), reach=2 * len(seen)).double()
    bias.weight.copy_(torch.where(torch.tensor(seen), 0.0, low)[:, None])
    q, k, v = qkv
    return bias(q @ k.mT / WIDTH**0.5).softmax(3) @ v
