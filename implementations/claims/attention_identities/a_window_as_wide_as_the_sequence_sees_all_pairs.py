"""Exact relation: attention within a window as wide as the sequence is attention of all pairs.

Source: Beltagy, Peters & Cohan 2020, sec. 3.1 and eq. 1 (beltagy2020longformer).

Method: the same random queries, keys and values are given to both; then the window is cut to one neighbour on
either side.

Measures:
    agreement_error: relative difference of the outputs.
    narrow_difference: the same for the narrow window.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.sliding_window_attention import SlidingWindowAttention
from implementations.concepts.component.scaled_dot_product_attention import ScaledDotProductAttention

LENGTH, WIDTH = 7, 4


def run(seed: int) -> dict[str, float]:
    """Compare attention within windows with that of all pairs.

    Args:
        seed: Seed of queries, keys and values.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(2, LENGTH, WIDTH, generator=generator, dtype=torch.float64) for _ in range(3))
    expected = ScaledDotProductAttention()(q, k, v)
    return {
        "agreement_error": difference(SlidingWindowAttention(reach=LENGTH - 1)(q, k, v), expected),
        "narrow_difference": difference(SlidingWindowAttention(reach=1)(q, k, v), expected),
    }
