"""Peer of Mixtral: that of transformers, which computes the experts one after the other.

The library normalises, and computes angles and the weights of experts, in single precision whatever the inputs are. For
a comparison in double precision these three are PyTorch's own normalisation, and angles and a softmax in double
precision. As in the library, the softmax is over all experts here, and the weights of the chosen are divided by their
sum.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.mixtral import EPSILON
from implementations.peers.attention.llama import INSIDE, OfMixtures, in_double_precision
from implementations.peers.gating_mechanism.routed_experts import experts_of
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "shared-keys": {"vocabulary": 7, "width": 16, "heads": 4, "groups": 2, "hidden": 5, "experts": 6, "chosen": 3},
    "deep": {"vocabulary": 3, "width": 4, "heads": 1, "layers": 3, "chosen": 1},
}
RENAMED = {"mixture_norm.gamma": "post_attention_layernorm.weight", "mixture.router.weight": "mlp.gate.weight"}
CONFIGURATIONS = {
    "mixtral": {
        "arguments": {
            "vocabulary": "vocab_size",
            "width": "hidden_size",
            "heads": "num_attention_heads",
            "groups": "num_key_value_heads",
            "layers": "num_hidden_layers",
            "hidden": "intermediate_size",
            "experts": "num_local_experts",
            "chosen": "num_experts_per_tok",
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
    }
}


def peer(
    *, vocabulary: int, width: int, heads: int, groups: int, layers: int, hidden: int, experts: int, chosen: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = in_double_precision(model(vocabulary, width, heads, groups, layers, hidden, experts, chosen), width)
    for layer in module.model.layers:
        layer.mlp.gate = Router(width, experts, chosen)

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        given = {"inputs_embeds": F.linear(x, weights["embedding.weight"]), "use_cache": False}
        named = translated(weights, layers, width // heads, experts)
        return torch.func.functional_call(module.train(training), named, (), given).logits

    return theirs


def translated(weights: dict[str, Tensor], layers: int, head: int, experts: int) -> dict[str, Tensor]:
    """Return our weights by the library's names, with the two features of every pair put half a head apart."""
    named = {
        "model.embed_tokens.weight": weights["embedding.weight"].T,
        "model.norm.weight": weights["norm.gamma"],
        "lm_head.weight": weights["read_out.weight"],
    }
    attention = {ours: theirs for ours, theirs in INSIDE.items() if ours.startswith("attention")}
    for layer in range(layers):
        for ours, theirs in (attention | RENAMED).items():
            value = weights[f"blocks.{layer}.{ours}"]
            if ours in ("attention.query.weight", "attention.key.weight"):
                value = value.unflatten(0, (-1, head // 2, 2)).transpose(1, 2).flatten(0, 2)
            named[f"model.layers.{layer}.{theirs}"] = value
        inside = experts_of(weights, experts, f"blocks.{layer}.mixture.experts.")
        named |= {f"model.layers.{layer}.mlp.experts.{name}": value for name, value in inside.items()}
    return named


def model(
    vocabulary: int, width: int, heads: int, groups: int, layers: int, hidden: int, experts: int, chosen: int
) -> nn.Module:
    """Return the library's model of some sizes."""
    models = import_transformers()
    layout = models.MixtralConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        num_attention_heads=heads,
        num_key_value_heads=groups,
        num_hidden_layers=layers,
        intermediate_size=hidden,
        num_local_experts=experts,
        num_experts_per_tok=chosen,
        rms_norm_eps=EPSILON,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )
    network = models.MixtralForCausalLM(layout)
    network.set_experts_implementation("eager")
    return network


class Router(nn.Module):
    """The library's router, in double precision."""

    def __init__(self, width: int, experts: int, chosen: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(experts, width, dtype=torch.float64))
        self.chosen = chosen

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores of all experts, and weights and numbers of the chosen."""
        scores = x @ self.weight.T
        weights, chosen = scores.softmax(-1).topk(self.chosen)
        return scores, weights / weights.sum(-1, keepdim=True), chosen


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OfMixtures(model(64, 32, 2, 1, 2, 32, 8, 2))
    return "characters", theirs, {"x": torch.randn(32, 48, 64, generator=generator)}
