"""Exact check of pooling by multi-head attention."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.pooling_by_multi_head_attention import PoolingByMultiHeadAttention


def zero_queries_see_the_mean(generator: torch.Generator) -> float:
    """Return the difference between a set and one element, the mean after the first layer, where queries are zero."""
    pool = PoolingByMultiHeadAttention().double()
    with torch.no_grad():
        pool.block.attention.query.weight.zero_()
        pool.block.attention.query.bias.zero_()
    z = torch.randn(2, 5, 6, generator=generator, dtype=torch.float64)
    mean = pool.layer(z).mean(1, keepdim=True)
    return difference(pool(z), pool.block(pool.seeds.expand(2, -1, -1), mean))
