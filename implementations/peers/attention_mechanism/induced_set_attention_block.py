"""Peer of the block: PyG's."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.nn.aggr.utils import InducedSetAttentionBlock

from implementations.peers.attention_mechanism.multi_head_attention_block import block

SIZES = {"one-point": {"width": 9, "heads": 3, "points": 1}, "plain": {"width": 4, "points": 7, "norm": False}}


def peer(*, width: int, heads: int, points: int, norm: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = InducedSetAttentionBlock(width, points, heads, layer_norm=norm).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        return torch.func.functional_call(module.train(training), induced(weights, "", ""), (x,))

    return theirs


def induced(weights: dict[str, Tensor], ours: str, theirs: str) -> dict[str, Tensor]:
    """Return the weights of a block by the library's names, given the prefixes of both."""
    blocks = block(weights, f"{ours}gather.", f"{theirs}mab1.") | block(weights, f"{ours}spread.", f"{theirs}mab2.")
    return blocks | {f"{theirs}ind": weights[f"{ours}points"][None]}
