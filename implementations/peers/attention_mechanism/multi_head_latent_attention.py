"""Peer of the component: the attention of the DeepSeek-V3 of transformers."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.deepseek_modules import inside, layout
from implementations.peers.double_precision import in_double_precision

SIZES = {
    "one-head": {"width": 6, "heads": 1, "head_width": 2, "latent": 7, "query_latent": 2},
    "wide": {"width": 5, "heads": 3, "head_width": 5, "rotated": 6, "latent": 4, "query_latent": 9, "T": 8},
}

ATTENTION = {
    "query_down.weight": "q_a_proj.weight",
    "query_norm.gamma": "q_a_layernorm.weight",
    "query_up.weight": "q_b_proj.weight",
    "down.weight": "kv_a_proj_with_mqa.weight",
    "norm.gamma": "kv_a_layernorm.weight",
    "up.weight": "kv_b_proj.weight",
    "output.weight": "o_proj.weight",
}


def peer(
    *, width: int, heads: int, head_width: int, rotated: int, latent: int, query_latent: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    library = inside()
    with in_double_precision(library):
        sizes = layout(width, heads, head_width, rotated, latent, query_latent)
        module = library.DeepseekV3Attention(sizes, 0).double()
        code = library.DeepseekV3RotaryEmbedding(sizes)

    def theirs(weights: dict[str, Tensor], h: Tensor) -> Tensor:
        named = {theirs: weights[ours] for ours, theirs in ATTENTION.items()}
        length = h.shape[1]
        later = torch.full((1, 1, length, length), -torch.inf, dtype=h.dtype).triu(1)
        with in_double_precision(library):
            angles = code(h, torch.arange(length)[None])
            return torch.func.functional_call(module, named, (h, angles, later))[0]

    return theirs
