"""Peer of the Switch Transformer: that of transformers, which computes the experts one after the other.

The library normalises in single precision whatever the inputs are. For a comparison in double precision this is
PyTorch's own normalisation. It has a fixed number of places for each sequence; see the peer of the switch layer.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.t5 import EPSILON
from implementations.peers.attention.t5 import ATTENTION, OfMixtures
from implementations.peers.gating_mechanism.switch_layer import experts_of, limited
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "overflowing": {"width": 6, "heads": 3, "head_width": 5, "hidden": 5, "capacity": 0.5, "ranges": 4, "reach": 3},
    "each-example": {"vocabulary": 3, "layers": 3, "experts": 3, "capacity": 1.0, "across_batch": False},
    "all-blocks": {"heads": 1, "layers": 3, "every": 1},
}
CONFIGURATIONS = {
    "switch_transformers": {
        "arguments": {
            "vocabulary": "vocab_size",
            "width": "d_model",
            "heads": "num_heads",
            "head_width": "d_kv",
            "layers": "num_layers",
            "hidden": "d_ff",
            "experts": "num_experts",
            "every": "num_layers // num_sparse_encoder_layers",
            "ranges": "relative_attention_num_buckets",
            "reach": "relative_attention_max_distance",
        },
        "only": {
            "dense_act_fn": ["relu"],
            "num_decoder_layers == num_layers": [True],
            "num_sparse_decoder_layers == num_sparse_encoder_layers": [True],
            "expert_capacity": [None],
            "router_bias": [False],
            "tie_word_embeddings": [True],
            "layer_norm_epsilon": [1e-6],
        },
        "defaults": {
            "relative_attention_num_buckets": 32,
            "relative_attention_max_distance": 128,
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
    experts: int,
    every: int,
    capacity: float,
    across_batch: bool,
    ranges: int,
    reach: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    sizes = {"vocab_size": vocabulary, "d_model": width, "num_heads": heads, "d_kv": head_width, "d_ff": hidden}
    module = model(sizes, layers, experts, every, capacity, across_batch, ranges, reach, torch.float64).double()
    for name, inner in list(module.named_modules()):
        if type(inner).__name__ == "SwitchTransformersLayerNorm":
            place, _, last = name.rpartition(".")
            setattr(module.get_submodule(place), last, nn.RMSNorm(width, EPSILON).double())

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor, training: bool = False) -> Tensor:
        given = {"inputs_embeds": source, "decoder_inputs_embeds": x}
        words = {name: F.linear(value, weights["embedding.weight"]) for name, value in given.items()}
        named = translated(weights, layers, experts)
        called = module.train(training)
        return torch.func.functional_call(called, named, (), words | {"use_cache": False}, tie_weights=False).logits

    return theirs


def translated(weights: dict[str, Tensor], layers: int, experts: int) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    words = weights["embedding.weight"].T
    places = ("shared", "encoder.embed_tokens", "decoder.embed_tokens", "lm_head")
    named = {f"{place}.weight": words for place in places}
    for stack, last in (("encoder", 1), ("decoder", 2)):
        attention = f"{stack}.block.0.layer.0.SelfAttention"
        named[f"{attention}.relative_attention_bias.weight"] = weights[f"{stack}.bias.weight"]
        named[f"{stack}.final_layer_norm.weight"] = weights[f"{stack}.norm.gamma"]
        inside = {"self_norm.gamma": "0.layer_norm", "perceptron_norm.gamma": f"{last}.layer_norm"}
        inside |= {f"self_attention.{ours}.weight": f"0.SelfAttention.{name}" for ours, name in ATTENTION.items()}
        if stack == "decoder":
            cross = {f"cross_attention.{ours}.weight": f"1.EncDecAttention.{name}" for ours, name in ATTENTION.items()}
            inside |= cross | {"cross_norm.gamma": "1.layer_norm"}
        for layer in range(layers):
            ours, theirs = f"{stack}.blocks.{layer}", f"{stack}.block.{layer}.layer"
            named |= {f"{theirs}.{name}.weight": weights[f"{ours}.{mine}"] for mine, name in inside.items()}
            if f"{ours}.perceptron.router.weight" in weights:
                found = experts_of(weights, experts, f"{ours}.perceptron.")
            else:
                found = {"wi.weight": weights[f"{ours}.perceptron.widen.weight"]}
                found |= {"wo.weight": weights[f"{ours}.perceptron.narrow.weight"]}
            named |= {f"{theirs}.{last}.mlp.{name}": value for name, value in found.items()}
    return named


def model(
    sizes: dict[str, Any],
    layers: int,
    experts: int,
    every: int,
    capacity: float,
    across_batch: bool,
    ranges: int,
    reach: int,
    dtype: torch.dtype,
) -> nn.Module:
    """Return the library's model of some sizes, without dropout, and with routers of some precision."""
    models = import_transformers()
    layout = models.SwitchTransformersConfig(
        **sizes,
        num_layers=layers,
        num_decoder_layers=layers,
        num_sparse_encoder_layers=layers // every,
        num_sparse_decoder_layers=layers // every,
        num_experts=experts,
        relative_attention_num_buckets=ranges,
        relative_attention_max_distance=reach,
        layer_norm_epsilon=EPSILON,
        router_jitter_noise=0.0,
        dropout_rate=0.0,
        pad_token_id=None,
        eos_token_id=None,
    )
    layout.encoder_sparse_step = layout.decoder_sparse_step = every
    network = models.SwitchTransformersForConditionalGeneration(layout)
    for module in list(network.modules()):
        if type(module).__name__ == "SwitchTransformersSparseMLP":
            limited(module, capacity, across_batch, dtype)
    return network


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    sizes = {"vocab_size": 32, "d_model": 32, "num_heads": 4, "d_kv": 8, "d_ff": 64}
    theirs = OfMixtures(model(sizes, 2, 4, 2, 1.25, True, 8, 16, torch.float32))
    shapes = {"x": (64, 10, 32), "source": (64, 10, 32)}
    return "reversal", theirs, {name: torch.randn(*shape, generator=generator) for name, shape in shapes.items()}
