"""Experiment: grouped-query attention with as many groups as heads against multi-head attention.

Source: Ainslie et al. 2023, sec. 2.2 (ainslie2023gqa).

Measures:
    agreement_error: difference between the two with the same weights.
    shared_difference: the same when half as many groups take every second head's keys and values.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.grouped_query_attention import GroupedQueryAttention
from implementations.concepts.component.multi_head_attention import MultiHeadAttention

WIDTH, HEADS = 12, 4


def run(seed: int) -> dict[str, float]:
    """Copy the projections and compare.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    full = MultiHeadAttention(width=WIDTH, heads=HEADS).double()
    with torch.no_grad():
        for parameter in full.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / WIDTH**0.5)
        inputs = {name: value.double() for name, value in full.example_inputs(generator).items()}
        expected, weights = full(**inputs), full.state_dict()
        grouped = GroupedQueryAttention(width=WIDTH, heads=HEADS, groups=HEADS).double()
        grouped.load_state_dict(weights)
        halved = GroupedQueryAttention(width=WIDTH, heads=HEADS, groups=HEADS // 2).double()
        for name, value in weights.items():
            if name.startswith(("key", "value")):
                weights[name] = value.unflatten(0, (HEADS, -1))[::2].flatten(0, 1)
        halved.load_state_dict(weights)
        return {
            "agreement_error": difference(grouped(**inputs), expected),
            "shared_difference": difference(halved(**inputs), expected),
        }
