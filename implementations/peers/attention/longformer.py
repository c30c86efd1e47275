"""Peer of the Longformer: that of transformers, between our embedding and our read-out."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {"width": 12, "heads": 3, "hidden": 7, "out_features": 4, "reach": 4, "global_tokens": 3},
    "deep": {"in_features": 2, "width": 4, "heads": 1, "layers": 3, "hidden": 5, "reach": 3},
}
PROJECTIONS = ("query", "key", "value")
INSIDE = {
    **{f"attention.{name}": f"attention.self.{name}" for name in PROJECTIONS},
    "attention.output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "perceptron.0": "intermediate.dense",
    "perceptron.2": "output.dense",
    "perceptron_norm": "output.LayerNorm",
}
GLOBAL = {f"attention.global_{name}": f"attention.self.{name}_global" for name in PROJECTIONS}
LONGEST = 128


def peer(
    *,
    in_features: int,
    width: int,
    heads: int,
    layers: int,
    hidden: int,
    out_features: int,
    reach: int,
    global_tokens: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    if reach < 2:
        raise NotImplementedError("the library fails for windows that reach less far than two positions")
    module = model(width, heads, layers, hidden, reach).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        embedded = F.linear(x, weights["embedding.weight"], weights["embedding.bias"])
        named = nothing(module) | translated(weights, layers, GLOBAL if global_tokens else {})
        chosen = (torch.arange(x.shape[1]) < global_tokens).long().expand(len(x), -1)
        given = {"inputs_embeds": embedded, "global_attention_mask": chosen}
        with mock.patch.object(F, "softmax", in_full_precision):
            found = torch.func.functional_call(module.train(training), named, (), given).last_hidden_state
        return F.linear(found, weights["read_out.weight"], weights["read_out.bias"])

    return theirs


SOFTMAX = F.softmax


def in_full_precision(scores: Tensor, dim: int, **_: Any) -> Tensor:
    """Return the softmax in the precision of the scores; the library asks for single precision."""
    return SOFTMAX(scores, dim)


def nothing(module: nn.Module) -> dict[str, Tensor]:
    """Return zeros for all weights of the library, among them its codes of words, positions and segments."""
    return {name: torch.zeros_like(value) for name, value in module.named_parameters()}


def translated(weights: dict[str, Tensor], layers: int, also: dict[str, str]) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    names = {"embedding_norm": "embeddings.LayerNorm"} | {
        f"layers.{layer}.{ours}": f"encoder.layer.{layer}.{theirs}"
        for layer in range(layers)
        for ours, theirs in (INSIDE | also).items()
    }
    return {
        f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in names.items() for part in ("weight", "bias")
    }


def model(width: int, heads: int, layers: int, hidden: int, reach: int) -> nn.Module:
    """Return the library's model of some sizes, without dropout."""
    models = import_transformers()
    layout = models.LongformerConfig(
        attention_window=2 * reach,
        vocab_size=1,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=None,
        sep_token_id=0,
        type_vocab_size=1,
        hidden_size=width,
        num_attention_heads=heads,
        num_hidden_layers=layers,
        intermediate_size=hidden,
        max_position_embeddings=LONGEST,
        layer_norm_eps=1e-5,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return models.LongformerModel(layout, add_pooling_layer=False)
