"""Exact check of the induced set attention block."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.induced_set_attention_block import InducedSetAttentionBlock


def one_point_is_one_message(generator: torch.Generator) -> float:
    """Return the difference from the spreading block without queries and keys, where there is one point."""
    block = InducedSetAttentionBlock(points=1).double()
    x = torch.randn(2, 5, 6, generator=generator, dtype=torch.float64)
    summary, spread = block.gather(block.points.expand(2, -1, -1), x), block.spread
    h = spread.attention_norm(x + spread.attention.output(spread.attention.value(summary)))
    return difference(block(x), spread.layer_norm(h + spread.layer(h)))
