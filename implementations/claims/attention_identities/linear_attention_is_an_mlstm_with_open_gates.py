"""Exact relation: an mLSTM cell with open gates, on the features of queries and keys, is causal linear attention.

Source: Beck et al. 2024, eq. 19-21 (beck2024xlstm); Katharopoulos et al. 2020 (katharopoulos2020transformers).

Method: random queries, keys and values. Pre-activations of zero and of infinity open the input and forget gates.
Queries and keys are positive, so that every product of features is above one; far below zero, features are small.

Measures:
    agreement_error: difference of what is read.
    gradient_error: difference of the gradients of the keys.
    forgetting_difference: difference with forget gates of a half.
    weighted_difference: difference with random input gates.
    floor_difference: difference with small features.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.linear_attention import LinearAttention, features
from implementations.concepts.gating_mechanism.mlstm_cell import MLSTMCell

EXAMPLES, POSITIONS, WIDTH = 2, 7, 4


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences.

    Args:
        seed: Seed of queries, keys, values and gates.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    q, k, v, sent = torch.randn(4, EXAMPLES, POSITIONS, WIDTH, generator=generator, dtype=torch.float64)
    q, k = q.abs(), k.abs().requires_grad_()
    zero = torch.zeros(EXAMPLES, POSITIONS, dtype=torch.float64)
    random = torch.randn(zero.shape, generator=generator, dtype=torch.float64)
    attention = LinearAttention()
    found, expected = read(q, k, v, zero, zero + torch.inf), attention(q, k, v)
    slopes = [torch.autograd.grad(value, k, sent, retain_graph=True)[0] for value in (found, expected)]
    small = read(q - 6, k - 6, v, zero, zero + torch.inf)
    return {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "forgetting_difference": difference(read(q, k, v, zero, zero), expected),
        "weighted_difference": difference(read(q, k, v, random, zero + torch.inf), expected),
        "floor_difference": difference(small, attention(q - 6, k - 6, v)),
    }


def read(q: Tensor, k: Tensor, v: Tensor, i: Tensor, f: Tensor) -> Tensor:
    """Return what a cell reads that starts empty, of the features of queries and keys."""
    matrix, vector = (torch.zeros(EXAMPLES, *[WIDTH] * axes, dtype=torch.float64) for axes in (2, 1))
    y: Tensor = MLSTMCell()(features(q), features(k), v, i, f, matrix, vector, matrix.new_zeros(EXAMPLES)).y
    return y
