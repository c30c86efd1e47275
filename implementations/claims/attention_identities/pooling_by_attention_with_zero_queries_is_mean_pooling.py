"""Exact relation: pooling by attention with a seed and queries of zero is mean pooling.

Source: Lee et al. 2019 (lee2018set), for the pooling layer.

Method: the layer gets the weights that the statement names, and random keys; then other keys, a random seed with random
queries, elements some of whose features are negative, and layer normalisation, each alone.

Measures:
    agreement_error: relative difference of the output from the mean of the elements.
    keys_error: the same for other keys.
    seed_difference: the same for a seed and queries that are not zero.
    negative_difference: the same for normal elements.
    normalised_difference: the same with layer normalisation.
"""

import torch
from torch import Tensor, nn

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.pooling_by_multi_head_attention import PoolingByMultiHeadAttention
from implementations.concepts.pooling.global_average_pooling import GlobalAveragePooling

SETS, ELEMENTS, WIDTH = 2, 7, 6


def run(seed: int) -> dict[str, float]:
    """Compare the pooling layer with the mean.

    Args:
        seed: Seed of the elements, the keys, and the weights of the controls.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    normal = torch.randn(SETS, ELEMENTS, WIDTH, generator=generator, dtype=torch.float64)
    elements, pool = normal.abs(), _mean_pooling(generator, norm=False)
    found = {"agreement_error": _from_mean(pool, elements)}
    _randomise(pool.block.attention.key, generator)
    found |= {"keys_error": _from_mean(pool, elements), "negative_difference": _from_mean(pool, normal)}
    found["normalised_difference"] = _from_mean(_mean_pooling(generator, norm=True), elements)
    _randomise(pool.block.attention.query, generator)
    with torch.no_grad():
        pool.seeds.copy_(torch.randn(1, WIDTH, generator=generator))
    return found | {"seed_difference": _from_mean(pool, elements)}


def _from_mean(pool: PoolingByMultiHeadAttention, elements: Tensor) -> float:
    return difference(pool(elements)[:, 0], GlobalAveragePooling()(elements.mT))


def _mean_pooling(generator: torch.Generator, *, norm: bool) -> PoolingByMultiHeadAttention:
    """Return a pooling layer with the weights of the statement, and random keys."""
    pool = PoolingByMultiHeadAttention(width=WIDTH, seeds=1, norm=norm).double()
    attention = pool.block.attention
    with torch.no_grad():
        pool.seeds.zero_()
        for layer in (attention.query, pool.block.layer[0]):
            layer.weight.zero_()
            layer.bias.zero_()
        for layer in (pool.layer[0], attention.value, attention.output):
            nn.init.eye_(layer.weight)
            layer.bias.zero_()
    _randomise(attention.key, generator)
    return pool


def _randomise(layer: nn.Linear, generator: torch.Generator) -> None:
    with torch.no_grad():
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator))
        layer.bias.copy_(torch.randn(layer.bias.shape, generator=generator))
