"""Peer of the block: PyG's, with its weights by our names."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.nn.aggr.utils import MultiheadAttentionBlock

SIZES = {"three-heads": {"width": 9, "heads": 3}, "plain": {"width": 4, "norm": False}}
NAMES = {
    "attention.output": "attn.out_proj",
    "attention_norm": "layer_norm1",
    "layer.0": "lin",
    "layer_norm": "layer_norm2",
}


def peer(*, width: int, heads: int, norm: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = MultiheadAttentionBlock(width, heads, layer_norm=norm).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, y: Tensor, training: bool = False) -> Tensor:
        return torch.func.functional_call(module.train(training), block(weights, "", ""), (x, y))

    return theirs


def block(weights: dict[str, Tensor], ours: str, theirs: str) -> dict[str, Tensor]:
    """Return the weights of a block by the library's names, given the prefixes of both; norms where there are any."""
    named = {}
    for part in ("weight", "bias"):
        projections = [weights[f"{ours}attention.{name}.{part}"] for name in ("query", "key", "value")]
        named[f"{theirs}attn.in_proj_{part}"] = torch.cat(projections)
        named |= {
            f"{theirs}{name}.{part}": weights[f"{ours}{own}.{part}"]
            for own, name in NAMES.items()
            if f"{ours}{own}.{part}" in weights
        }
    return named
