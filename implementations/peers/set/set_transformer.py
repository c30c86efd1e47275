"""Peer of the Set Transformer: PyG's aggregation, between our embedding and our read-out."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn.aggr import SetTransformerAggregation
from torch_geometric.nn.aggr.utils import InducedSetAttentionBlock

from implementations.peers.aggregation.pooling_by_multi_head_attention import pooling
from implementations.peers.attention_mechanism.induced_set_attention_block import induced
from implementations.peers.attention_mechanism.multi_head_attention_block import block

SIZES = {
    "three-heads": {"in_features": 2, "width": 9, "heads": 3, "points": 1, "layers": 1, "seeds": 3},
    "plain": {"width": 4, "norm": False},
}


def peer(
    *, in_features: int, width: int, heads: int, points: int | None, layers: int, seeds: int, out_features: int,
    norm: bool
) -> Callable[..., Tensor]:  # fmt: skip
    """Return the peer as a function of our weights."""
    module = model(width, heads, points, layers, seeds, norm).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        named = pooling(weights, "pool.", "pma.") | block(weights, "decoder.block.", "decoders.0.mab.")
        for layer in range(layers):
            ours, name = f"encoder.{layer}.", f"encoders.{layer}."
            named |= induced(weights, ours, name) if points else block(weights, f"{ours}block.", f"{name}mab.")
        embedded = F.linear(x, weights["embedding.weight"], weights["embedding.bias"])
        found = torch.func.functional_call(module.train(training), named, (embedded.flatten(0, 1), of_set(x)))
        return F.linear(found, weights["read_out.1.weight"], weights["read_out.1.bias"])

    return theirs


def model(width: int, heads: int, points: int | None, layers: int, seeds: int, norm: bool) -> nn.Module:
    """Return the library's aggregation; where there are induced points, with the library's blocks for these."""
    found = SetTransformerAggregation(width, seeds, layers, heads=heads, layer_norm=norm)
    if points:
        found.encoders = nn.ModuleList(
            InducedSetAttentionBlock(width, points, heads, layer_norm=norm) for _ in range(layers)
        )
    return found


def of_set(x: Tensor) -> Tensor:
    """Return the number of the set of every element, where all are in one list."""
    return torch.arange(len(x)).repeat_interleave(x.shape[1])


class OnSets(nn.Module):
    """The library's aggregation on sets of equal size, between an embedding and a read-out."""

    def __init__(self, in_features: int, width: int, out_features: int, inner: nn.Module) -> None:
        super().__init__()
        self.embedding, self.read_out = nn.Linear(in_features, width), nn.Linear(width, out_features)
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every set."""
        return self.read_out(self.inner(self.embedding(x).flatten(0, 1), of_set(x)))


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OnSets(3, 256, 40, model(256, 4, 16, 2, 1, norm=False))
    return "point-clouds", theirs, {"x": torch.randn(8, 500, 3, generator=generator)}
