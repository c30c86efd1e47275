"""Exact checks of content-based addressing."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.scaled_dot_product_attention import ScaledDotProductAttention
from implementations.concepts.memory_mechanism.content_based_addressing import ContentBasedAddressing


def large_strength_is_nearest(generator: torch.Generator) -> float:
    """Return the difference between weights at a huge strength and all weight on the row of the largest cosine."""
    inputs = _doubled(generator)
    cosines = torch.cosine_similarity(inputs["key"][:, None], inputs["memory"], dim=2)
    hard = torch.nn.functional.one_hot(cosines.argmax(1), cosines.shape[1]).double()
    weights = ContentBasedAddressing()(inputs["key"], torch.full((3,), 1e6, dtype=torch.float64), inputs["memory"])
    return difference(weights, hard)


def no_strength_is_uniform(generator: torch.Generator) -> float:
    """Return the difference between weights at strength zero and equal ones."""
    inputs = _doubled(generator)
    weights = ContentBasedAddressing()(inputs["key"], torch.zeros(3).double(), inputs["memory"])
    return difference(weights, torch.full_like(weights, 1 / weights.shape[1]))


def is_attention_to_unit_keys(generator: torch.Generator) -> float:
    """Return the difference between the weighted mean of rows and dot-product attention of unit vectors."""
    inputs = _doubled(generator)
    key, strength, memory = inputs["key"], inputs["strength"], inputs["memory"]
    query = key / key.norm(dim=1, keepdim=True) * strength[:, None] * key.shape[1] ** 0.5
    units = memory / memory.norm(dim=2, keepdim=True)
    expected = ScaledDotProductAttention()(query[:, None], units, memory)[:, 0]
    return difference(torch.einsum("bm,bmd->bd", ContentBasedAddressing()(key, strength, memory), memory), expected)


def _doubled(generator: torch.Generator) -> dict[str, torch.Tensor]:
    return {name: value.double() for name, value in ContentBasedAddressing().example_inputs(generator).items()}
