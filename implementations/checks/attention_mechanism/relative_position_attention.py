"""Exact checks of relative-position attention."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.relative_position_attention import RelativePositionAttention


def four_terms_pair_by_pair(generator: torch.Generator) -> float:
    """Return the difference to the paper's four terms, computed pair by pair for one head."""
    layer = RelativePositionAttention(width=6, heads=1).double()
    for bias in (layer.content_bias, layer.distance_bias):
        nn.init.normal_(bias, generator=generator)
    inputs = {name: value.double() for name, value in layer.example_inputs(generator, B=1, T=4).items()}
    x, seen = inputs["x"][0], inputs["seen"][0]
    earlier, rows = len(seen) - len(x), []
    codes = layer.code(torch.zeros(1, len(seen), 6, dtype=torch.float64))[0]
    for i, query in enumerate(layer.query(x)):
        scores = []
        for j in range(earlier + i + 1):
            key, distance = layer.key(seen[j]), layer.distance(codes[earlier + i - j])
            content = query @ key + layer.content_bias.flatten() @ key
            scores.append(content + query @ distance + layer.distance_bias.flatten() @ distance)
        weights = (torch.stack(scores) / 6**0.5).softmax(0)
        rows.append(layer.output(weights @ layer.value(seen[: len(scores)])))
    return difference(layer(**inputs)[0], torch.stack(rows))


def without_distances_it_is_causal_attention(generator: torch.Generator) -> float:
    """Return the difference to torch's causal attention where distances and biases are zero."""
    layer = RelativePositionAttention(width=6, heads=2).double()
    nn.init.zeros_(layer.distance.weight)
    x = torch.randn(2, 5, 6, generator=generator, dtype=torch.float64)
    q, k, v = (part(x).unflatten(-1, (2, -1)).transpose(1, 2) for part in (layer.query, layer.key, layer.value))
    expected = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
    return difference(layer(x, x), layer.output(expected))
