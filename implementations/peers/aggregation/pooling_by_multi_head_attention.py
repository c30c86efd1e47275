"""Peer of the component: PyG's."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.nn.aggr.utils import PoolingByMultiheadAttention

from implementations.peers.attention_mechanism.multi_head_attention_block import block

SIZES = {"one-seed": {"width": 9, "heads": 3, "seeds": 1}, "plain": {"width": 4, "seeds": 4, "norm": False}}


def peer(*, width: int, heads: int, seeds: int, norm: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = PoolingByMultiheadAttention(width, seeds, heads, layer_norm=norm).double()

    def theirs(weights: dict[str, Tensor], z: Tensor, training: bool = False) -> Tensor:
        return torch.func.functional_call(module.train(training), pooling(weights, "", ""), (z,))

    return theirs


def pooling(weights: dict[str, Tensor], ours: str, theirs: str) -> dict[str, Tensor]:
    """Return the weights of a pooling layer by the library's names, given the prefixes of both."""
    alone = {f"{theirs}lin.{part}": weights[f"{ours}layer.0.{part}"] for part in ("weight", "bias")}
    return alone | {f"{theirs}seed": weights[f"{ours}seeds"][None]} | block(weights, f"{ours}block.", f"{theirs}mab.")
