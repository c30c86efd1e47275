"""Experiment: latent attention as it is defined, and with its projections multiplied into queries and outputs.

Source: DeepSeek-AI 2024 (deepseek2024v2).

Measures:
    absorbed_error: difference of the outputs between latent attention and attention whose heads share latents.
    unprojected_difference: the same with the keys' projections of another head.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.multi_head_latent_attention import MultiHeadLatentAttention


def run(seed: int) -> dict[str, float]:
    """Compute both and compare.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    layer = MultiHeadLatentAttention(width=10, heads=3, head_width=4, rotated=2, latent=5, query_latent=6).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        h = layer.example_inputs(generator, T=7)["h"].double()
        keys, values = layer.up.weight.unflatten(0, (layer.heads, 2, -1)).unbind(1)  # [heads, d, latent] each
        return {
            "absorbed_error": difference(on_latents(layer, h, keys, values), layer(h)),
            "unprojected_difference": difference(on_latents(layer, h, keys.roll(1, 0), values), layer(h)),
        }


def on_latents(layer: MultiHeadLatentAttention, h: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Return what the layer computes, from latents alone: all heads share them as keys and as values.

    Args:
        layer: Computes queries, and what is stored.
        h: Its input, `[B, T, D]`.
        keys: The projection from latents to keys for every head, `[heads, d, latent]`.
        values: The same to values.
    """
    latents, rotated = layer.cached(h)
    plain, turned = layer.queries(h).split([layer.head_width, layer.rotated], -1)
    queries = torch.cat([torch.einsum("bhtd,hdl->bhtl", plain, keys), turned], -1)
    shared = torch.cat([latents, rotated], -1)[:, None].expand(-1, layer.heads, -1, -1)
    scale = (layer.head_width + layer.rotated) ** -0.5
    seen = latents[:, None].expand(-1, layer.heads, -1, -1)
    mixed = F.scaled_dot_product_attention(queries, shared, seen, is_causal=True, scale=scale)
    return layer.output(torch.einsum("bhtl,hdl->bthd", mixed, values).flatten(2))
