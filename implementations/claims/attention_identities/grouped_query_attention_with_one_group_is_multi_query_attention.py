"""Experiment: grouped-query attention of one group, and of equal groups, against multi-query attention.

Source: Ainslie et al. 2023, sec. 2.2 (ainslie2023gqa).

Measures:
    agreement_error: difference between one group and multi-query attention with the same weights.
    tied_error: the same with two groups that have equal keys and values.
    untied_difference: the same after the keys of the second group were drawn again.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.grouped_query_attention import GroupedQueryAttention
from implementations.concepts.attention_mechanism.multi_query_attention import MultiQueryAttention

WIDTH, HEADS = 12, 4


def run(seed: int) -> dict[str, float]:
    """Copy the projections and compare.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    shared = MultiQueryAttention(width=WIDTH, heads=HEADS).double()
    with torch.no_grad():
        for parameter in shared.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / WIDTH**0.5)
        inputs = {name: value.double() for name, value in shared.example_inputs(generator).items()}
        expected = shared(**inputs)
        one, two = (_grouped(shared.state_dict(), groups) for groups in (1, 2))
        agreement, tied = (difference(grouped(**inputs), expected) for grouped in (one, two))
        own = two.key.weight[WIDTH // HEADS :]
        own.copy_(torch.randn(own.shape, generator=generator, dtype=torch.float64))
        untied = difference(two(**inputs), expected)
    return {"agreement_error": agreement, "tied_error": tied, "untied_difference": untied}


def _grouped(weights: dict[str, Tensor], groups: int) -> GroupedQueryAttention:
    """Return grouped-query attention whose groups all have the shared keys and values."""
    grouped = GroupedQueryAttention(width=WIDTH, heads=HEADS, groups=groups).double()
    grouped.load_state_dict(
        {
            name: torch.cat([value] * groups) if name.startswith(("key", "value")) else value
            for name, value in weights.items()
        }
    )
    return grouped
