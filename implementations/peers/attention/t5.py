"""Peer of T5: that of transformers.

The library normalises in single precision whatever the inputs are. For a comparison in double precision this is
PyTorch's own normalisation. The library gives version 1.1 the word vectors as its read-out; here it gets ours.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.t5 import EPSILON
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "wide-heads": {"vocabulary": 7, "width": 6, "heads": 3, "head_width": 5, "hidden": 5, "ranges": 4, "reach": 3},
    "own-read-out": {"vocabulary": 3, "width": 4, "heads": 1, "layers": 3, "gated": True, "tied": False},
}
ATTENTION = {"query": "q", "key": "k", "value": "v", "output": "o"}
CONFIGURATIONS = {
    "t5": {
        "arguments": {
            "vocabulary": "vocab_size",
            "width": "d_model",
            "heads": "num_heads",
            "head_width": "d_kv",
            "layers": "num_layers",
            "hidden": "d_ff",
            "ranges": "relative_attention_num_buckets",
            "reach": "relative_attention_max_distance",
            "gated": "feed_forward_proj == 'gated-gelu'",
            "tied": "tie_word_embeddings",
        },
        "only": {
            "feed_forward_proj": ["relu", "gated-gelu"],
            "num_decoder_layers == num_layers": [True],
            "layer_norm_epsilon": [1e-6],
        },
        "defaults": {
            "relative_attention_num_buckets": 32,
            "relative_attention_max_distance": 128,
            "feed_forward_proj": "relu",
            "tie_word_embeddings": True,
        },
    }
}


def peer(
    *,
    vocabulary: int,
    width: int,
    heads: int,
    head_width: int,
    layers: int,
    hidden: int,
    ranges: int,
    reach: int,
    gated: bool,
    tied: bool,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    sizes = {"vocab_size": vocabulary, "d_model": width, "num_heads": heads, "d_kv": head_width, "d_ff": hidden}
    module = in_double_precision(model(sizes, layers, ranges, reach, gated, tied), width)

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor, training: bool = False) -> Tensor:
        given = {"inputs_embeds": source, "decoder_inputs_embeds": x}
        words = {name: F.linear(value, weights["embedding.weight"]) for name, value in given.items()}
        named = translated(weights, layers, gated, tied)
        called = module.train(training)
        return torch.func.functional_call(called, named, (), words | {"use_cache": False}, tie_weights=False).logits

    return theirs


def translated(weights: dict[str, Tensor], layers: int, gated: bool, tied: bool) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    words = weights["embedding.weight"].T
    named = {f"{place}.weight": words for place in ("shared", "encoder.embed_tokens", "decoder.embed_tokens")}
    named["lm_head.weight"] = words if tied else weights["read_out.weight"]
    for stack, last in (("encoder", 1), ("decoder", 2)):
        attention = f"{stack}.block.0.layer.0.SelfAttention"
        named[f"{attention}.relative_attention_bias.weight"] = weights[f"{stack}.bias.weight"]
        named[f"{stack}.final_layer_norm.weight"] = weights[f"{stack}.norm.gamma"]
        inside = {"self_norm.gamma": "0.layer_norm", "perceptron_norm.gamma": f"{last}.layer_norm"}
        inside |= {f"self_attention.{ours}.weight": f"0.SelfAttention.{name}" for ours, name in ATTENTION.items()}
        if stack == "decoder":
            inside |= {
                f"cross_attention.{ours}.weight": f"1.EncDecAttention.{name}" for ours, name in ATTENTION.items()
            }
            inside["cross_norm.gamma"] = "1.layer_norm"
        perceptron = f"{last}.DenseReluDense"
        inside["perceptron.narrow.weight"] = f"{perceptron}.wo"
        inside["perceptron.widen.weight"] = f"{perceptron}.{'wi_1' if gated else 'wi'}"
        if gated:
            inside["perceptron.gate.weight"] = f"{perceptron}.wi_0"
        for layer in range(layers):
            ours, theirs = f"{stack}.blocks.{layer}", f"{stack}.block.{layer}.layer"
            named |= {f"{theirs}.{name}.weight": weights[f"{ours}.{mine}"] for mine, name in inside.items()}
    return named


def model(sizes: dict[str, Any], layers: int, ranges: int, reach: int, gated: bool, tied: bool) -> nn.Module:
    """Return the library's model of some sizes, without dropout."""
    models = import_transformers()
    layout = models.T5Config(
        **sizes,
        num_layers=layers,
        relative_attention_num_buckets=ranges,
        relative_attention_max_distance=reach,
        layer_norm_epsilon=EPSILON,
        feed_forward_proj="gated-gelu" if gated else "relu",
        tie_word_embeddings=tied,
        dropout_rate=0.0,
        pad_token_id=None,
        eos_token_id=None,
    )
    return models.T5ForConditionalGeneration(layout)


def in_double_precision(inner: nn.Module, width: int) -> nn.Module:
    """Return the library's model with the normalisation replaced that it takes in single precision."""
    for name, module in list(inner.named_modules()):
        if type(module).__name__ == "T5LayerNorm":
            place, _, last = name.rpartition(".")
            setattr(inner.get_submodule(place), last, nn.RMSNorm(width, EPSILON))
    return inner.double()


class OfMixtures(nn.Module):
    """The library's model, for mixtures of words."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """Return the logits."""
        words = {"inputs_embeds": source, "decoder_inputs_embeds": x}
        given = {name: value @ self.inner.shared.weight for name, value in words.items()}
        return self.inner(**given, use_cache=False).logits


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    sizes = {"vocab_size": 32128, "d_model": 512, "num_heads": 8, "d_kv": 64, "d_ff": 2048}
    theirs = OfMixtures(model(sizes, 6, 32, 128, False, True))
    shapes = {"x": (1, 64, 32128), "source": (1, 64, 32128)}
    return "small", theirs, {name: torch.randn(*shape, generator=generator) for name, shape in shapes.items()}
