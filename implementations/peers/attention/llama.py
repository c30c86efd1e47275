"""Peer of LLaMA: that of transformers, which rotates the first half of a head's features against the second.

The library normalises, and computes angles, in single precision whatever the inputs are. For a comparison in double
precision these two are PyTorch's own normalisation, and angles in double precision.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.llama import EPSILON
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "shared-keys": {"vocabulary": 7, "width": 16, "heads": 4, "groups": 2, "hidden": 5},
    "deep": {"vocabulary": 3, "width": 4, "heads": 1, "groups": 1, "layers": 3},
}
INSIDE = {
    "attention_norm.gamma": "input_layernorm.weight",
    "attention.query.weight": "self_attn.q_proj.weight",
    "attention.key.weight": "self_attn.k_proj.weight",
    "attention.value.weight": "self_attn.v_proj.weight",
    "attention.output.weight": "self_attn.o_proj.weight",
    "perceptron_norm.gamma": "post_attention_layernorm.weight",
    "perceptron.gate.weight": "mlp.gate_proj.weight",
    "perceptron.up.weight": "mlp.up_proj.weight",
    "perceptron.down.weight": "mlp.down_proj.weight",
}
CONFIGURATIONS = {
    "llama": {
        "arguments": {
            "vocabulary": "vocab_size",
            "width": "hidden_size",
            "heads": "num_attention_heads",
            "groups": "num_key_value_heads or num_attention_heads",
            "layers": "num_hidden_layers",
            "hidden": "intermediate_size",
        },
        "only": {
            "hidden_act": ["silu"],
            "attention_bias": [False],
            "mlp_bias": [False],
            "tie_word_embeddings": [False],
            "head_dim == hidden_size // num_attention_heads": [True],
            "rope_parameters.rope_type": ["default"],
            "rope_parameters.rope_theta": [10000.0],
            "rope_theta": [10000.0],
            "rope_scaling": [None],
            "rms_norm_eps": [1e-6],
        },
    },
    "mistral": {
        "arguments": {
            "vocabulary": "vocab_size",
            "width": "hidden_size",
            "heads": "num_attention_heads",
            "groups": "num_key_value_heads or num_attention_heads",
            "layers": "num_hidden_layers",
            "hidden": "intermediate_size",
        },
        "only": {
            "hidden_act": ["silu"],
            "tie_word_embeddings": [False],
            "head_dim == hidden_size // num_attention_heads": [True],
            "sliding_window": [None],
            "rope_parameters.rope_type": ["default"],
            "rope_parameters.rope_theta": [10000.0],
            "rope_theta": [10000.0],
            "rope_scaling": [None],
            "rms_norm_eps": [1e-6],
        },
    },
}


def peer(*, vocabulary: int, width: int, heads: int, groups: int, layers: int, hidden: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = in_double_precision(model(vocabulary, width, heads, groups, layers, hidden), width)

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        given = {"inputs_embeds": F.linear(x, weights["embedding.weight"]), "use_cache": False}
        named = translated(weights, layers, width // heads)
        return torch.func.functional_call(module.train(training), named, (), given).logits

    return theirs


def translated(weights: dict[str, Tensor], layers: int, head: int) -> dict[str, Tensor]:
    """Return our weights by the library's names, with the two features of every pair put half a head apart."""
    named = {
        "model.embed_tokens.weight": weights["embedding.weight"].T,
        "model.norm.weight": weights["norm.gamma"],
        "lm_head.weight": weights["read_out.weight"],
    }
    for layer in range(layers):
        for ours, theirs in INSIDE.items():
            value = weights[f"blocks.{layer}.{ours}"]
            if ours in ("attention.query.weight", "attention.key.weight"):
                value = value.unflatten(0, (-1, head // 2, 2)).transpose(1, 2).flatten(0, 2)
            named[f"model.layers.{layer}.{theirs}"] = value
    return named


def model(vocabulary: int, width: int, heads: int, groups: int, layers: int, hidden: int) -> nn.Module:
    """Return the library's model of some sizes."""
    models = import_transformers()
    layout = models.LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        num_attention_heads=heads,
        num_key_value_heads=groups,
        num_hidden_layers=layers,
        intermediate_size=hidden,
        rms_norm_eps=EPSILON,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )
    return models.LlamaForCausalLM(layout)


def in_double_precision(inner: nn.Module, width: int) -> nn.Module:
    """Return the library's model with the two steps replaced that it takes in single precision."""
    body = inner.model
    body.rotary_emb = Angles(len(body.rotary_emb.inv_freq))
    body.norm = nn.RMSNorm(width, EPSILON)
    for layer in body.layers:
        layer.input_layernorm, layer.post_attention_layernorm = (nn.RMSNorm(width, EPSILON) for _ in range(2))
    return inner.double()


class Angles(nn.Module):
    """Cosines and sines of the library's angles, in double precision."""

    def __init__(self, pairs: int) -> None:
        super().__init__()
        self.pairs = pairs

    def forward(self, x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return the cosines and sines for all positions, each angle twice."""
        rates = 10_000 ** -(torch.arange(self.pairs, dtype=torch.float64) / self.pairs)
        angles = (position_ids[..., None] * rates).repeat(1, 1, 2)
        return angles.cos(), angles.sin()


class OfMixtures(nn.Module):
    """The library's model, for mixtures of words."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        return self.inner(inputs_embeds=x @ self.inner.model.embed_tokens.weight, use_cache=False).logits


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OfMixtures(model(64, 32, 2, 2, 2, 64))
    return "characters", theirs, {"x": torch.randn(32, 48, 64, generator=generator)}
