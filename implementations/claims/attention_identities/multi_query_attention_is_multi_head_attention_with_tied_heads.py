"""Experiment: multi-query attention against multi-head attention into whose heads its projections are copied.

Source: Shazeer 2019 (shazeer2019fast).

Measures:
    agreement_error: difference between the two.
    untied_difference: the same when the last head has keys of its own.
"""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.multi_query_attention import MultiQueryAttention
from implementations.concepts.component.multi_head_attention import MultiHeadAttention

WIDTH, HEADS = 12, 3


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
        full = _tied(shared)
        inputs = {name: value.double() for name, value in shared.example_inputs(generator).items()}
        expected = shared(**inputs)
        agreement = difference(full(**inputs), expected)
        own = full.key.weight[-WIDTH // HEADS :]
        own.copy_(torch.randn(own.shape, generator=generator, dtype=torch.float64))
        return {"agreement_error": agreement, "untied_difference": difference(full(**inputs), expected)}


def _tied(shared: MultiQueryAttention) -> MultiHeadAttention:
    """Return multi-head attention with the shared projections in every head."""
    full = MultiHeadAttention(width=WIDTH, heads=HEADS).double()
    full.query.load_state_dict(shared.query.state_dict())
    full.output.load_state_dict(shared.output.state_dict())
    for many, one in ((full.key, shared.key), (full.value, shared.value)):
        many.weight.copy_(one.weight.repeat(HEADS, 1))
        many.bias.copy_(one.bias.repeat(HEADS))
    return full
