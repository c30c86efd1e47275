"""Peer of DeepSeek-V3: that of transformers, which computes the experts one after the other.

The library has the biases of the routers, and leaves it to the training to adjust them. Here that is done after every
pass in training mode.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.attention.llama import OfMixtures
from implementations.peers.attention_mechanism.multi_head_latent_attention import ATTENTION
from implementations.peers.deepseek_modules import adjust_biases, inside, layout
from implementations.peers.double_precision import in_double_precision
from implementations.peers.gating_mechanism.routed_experts import experts_of
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "one-group": {"vocabulary": 7, "width": 6, "heads": 3, "rotated": 4, "experts": 6, "groups": 1, "chosen": 3},
    "no-dense": {"vocabulary": 3, "width": 4, "heads": 1, "layers": 3, "dense": 0, "head_width": 3},
}
RATE = 0.001
PERCEPTRON = {"gate.weight": "gate_proj.weight", "up.weight": "up_proj.weight", "down.weight": "down_proj.weight"}
CONFIGURATIONS = {
    "deepseek_v3": {
        "arguments": {
            "vocabulary": "vocab_size",
            "width": "hidden_size",
            "heads": "num_attention_heads",
            "head_width": "qk_nope_head_dim",
            "rotated": "qk_rope_head_dim",
            "latent": "kv_lora_rank",
            "query_latent": "q_lora_rank",
            "layers": "num_hidden_layers - first_k_dense_replace",
            "dense": "first_k_dense_replace",
            "dense_hidden": "intermediate_size",
            "hidden": "moe_intermediate_size",
            "experts": "n_routed_experts",
            "chosen": "num_experts_per_tok",
            "groups": "n_group",
            "kept": "topk_group",
            "scale": "routed_scaling_factor",
        },
        "only": {
            "hidden_act": ["silu"],
            "n_shared_experts": [1],
            "v_head_dim == qk_nope_head_dim": [True],
            "norm_topk_prob": [True],
            "attention_bias": [False],
            "tie_word_embeddings": [False],
            "rope_parameters.rope_type": ["default"],
            "rope_parameters.rope_theta": [10000.0],
            "rope_theta": [10000.0],
            "rope_scaling": [None],
            "rms_norm_eps": [1e-6],
        },
    }
}


def peer(
    *,
    vocabulary: int,
    width: int,
    heads: int,
    head_width: int,
    rotated: int,
    latent: int,
    query_latent: int,
    layers: int,
    dense: int,
    dense_hidden: int,
    hidden: int,
    experts: int,
    chosen: int,
    groups: int,
    kept: int,
    scale: float,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    library = inside()
    mixture = {"n_routed_experts": experts, "num_experts_per_tok": chosen, "n_group": groups, "topk_group": kept}
    mixture |= {"moe_intermediate_size": hidden, "routed_scaling_factor": scale}
    depth = {"num_hidden_layers": dense + layers, "first_k_dense_replace": dense, "intermediate_size": dense_hidden}
    sizes = layout(width, heads, head_width, rotated, latent, query_latent, vocab_size=vocabulary, **mixture, **depth)
    with in_double_precision(library):
        module = model(sizes).double()
        module.model.rotary_emb = library.DeepseekV3RotaryEmbedding(sizes)

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        given = {"inputs_embeds": F.linear(x, weights["embedding.weight"]), "use_cache": False}
        named = translated(weights, dense, dense + layers, experts)
        with in_double_precision(library):
            return torch.func.functional_call(module.train(training), named, (), given).logits

    return theirs


def translated(weights: dict[str, Tensor], dense: int, depth: int, experts: int) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    named = {
        "model.embed_tokens.weight": weights["embedding.weight"].T,
        "model.norm.weight": weights["norm.gamma"],
        "lm_head.weight": weights["read_out.weight"],
    }
    for block in range(depth):
        ours = f"dense.{block}" if block < dense else f"blocks.{block - dense}"
        theirs = f"model.layers.{block}"
        names = {
            "attention_norm.gamma": "input_layernorm.weight",
            "network_norm.gamma": "post_attention_layernorm.weight",
        }
        names |= {f"attention.{mine}": f"self_attn.{yours}" for mine, yours in ATTENTION.items()}
        if block < dense:
            names |= {f"network.{mine}": f"mlp.{yours}" for mine, yours in PERCEPTRON.items()}
        else:
            names |= {f"network.shared.{mine}": f"mlp.shared_experts.{yours}" for mine, yours in PERCEPTRON.items()}
            names["network.router.affinity.weight"] = "mlp.gate.weight"
            names["network.router.bias"] = "mlp.gate.e_score_correction_bias"
            routed = experts_of(weights, experts, f"{ours}.network.experts.")
            named |= {f"{theirs}.mlp.experts.{name}": value for name, value in routed.items()}
        named |= {f"{theirs}.{yours}": weights[f"{ours}.{mine}"] for mine, yours in names.items()}
    return named


def model(sizes: Any) -> nn.Module:
    """Return the library's model, with biases of the routers that are adjusted."""
    network = import_transformers().DeepseekV3ForCausalLM(sizes)
    network.set_experts_implementation("eager")
    for layer in network.model.layers[sizes.first_k_dense_replace :]:
        layer.mlp.gate.register_forward_hook(adjust_biases(RATE))
    return network


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    mixture = {
        "n_routed_experts": 8,
        "num_experts_per_tok": 2,
        "n_group": 2,
        "topk_group": 1,
        "moe_intermediate_size": 16,
    }
    depth = {"num_hidden_layers": 3, "first_k_dense_replace": 1, "intermediate_size": 64, "vocab_size": 64}
    theirs = OfMixtures(model(layout(32, 2, 16, 8, 8, 16, **mixture, **depth)))
    return "characters", theirs, {"x": torch.randn(32, 48, 64, generator=generator)}
