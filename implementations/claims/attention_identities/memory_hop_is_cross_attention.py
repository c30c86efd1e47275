"""Experiment: a hop of a memory network, against dot-product attention with one query and a skip.

Source: Sukhbaatar et al. 2015, eq. 1, 2 and 4 (sukhbaatar2015end); Vaswani et al. 2017, eq. 1 (vaswani2017attention).

Measures:
    agreement_error: difference between a hop and the state plus attention, for a query that is the state times the root
        of the width.
    scaled_difference: the same where the query is the state itself, so that the scores keep the scale of attention.
    without_skip_difference: the same without the state added.
    linear_difference: the same for a hop without its softmax.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.scaled_dot_product_attention import ScaledDotProductAttention
from implementations.concepts.memory_mechanism.memory_hop import MemoryHop


def run(seed: int) -> dict[str, float]:
    """Compare the two on random memories.

    Args:
        seed: Seed of state and memories.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    width = 6
    u = torch.randn(3, width, generator=generator, dtype=torch.float64)
    m, c = torch.randn(2, 3, 8, width, generator=generator, dtype=torch.float64)
    attend = ScaledDotProductAttention()
    expected = MemoryHop(width=width)(u, m, c)
    unscaled = attend(width**0.5 * u[:, None], m, c)[:, 0]
    return {
        "agreement_error": difference(u + unscaled, expected),
        "scaled_difference": difference(u + attend(u[:, None], m, c)[:, 0], expected),
        "without_skip_difference": difference(unscaled, expected),
        "linear_difference": difference(u + unscaled, MemoryHop(width=width, linear=True)(u, m, c)),
    }
