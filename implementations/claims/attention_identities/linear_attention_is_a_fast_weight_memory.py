"""Experiment: causal linear attention over all pairs of positions, against the recurrence that carries a matrix.

Source: Katharopoulos et al. 2020 (katharopoulos2020transformers); Schlag, Irie & Schmidhuber 2021 (schlag2021linear).

Measures:
    agreement_error: difference between the two.
    softmax_difference: the same for causal softmax attention.
    all_positions_difference: the same for linear attention without the mask.
"""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.fast_weight_memory import FastWeightMemory
from implementations.concepts.attention_mechanism.linear_attention import LinearAttention, features


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences.

    Args:
        seed: Seed of queries, keys and values.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    q, k, v = torch.randn(3, 2, 20, 6, generator=generator, dtype=torch.float64)
    expected = FastWeightMemory()(q, k, v)
    weights = features(q) @ features(k).mT
    return {
        "agreement_error": difference(LinearAttention()(q, k, v), expected),
        "softmax_difference": difference(F.scaled_dot_product_attention(q, k, v, is_causal=True), expected),
        "all_positions_difference": difference(weights @ v / weights.sum(-1, keepdim=True), expected),
    }
