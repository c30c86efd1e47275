"""Peer of GPT-2: that of transformers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {"vocabulary": 7, "context": 9, "width": 12, "heads": 3, "hidden": 5},
    "deep": {"vocabulary": 3, "context": 4, "width": 4, "heads": 1, "layers": 3},
}
TURNED = {"attention.output": "attn.c_proj", "perceptron.0": "mlp.c_fc", "perceptron.2": "mlp.c_proj"}
"""Linear layers, whose matrices the library has transposed."""
NORMS = {"attention_norm": "ln_1", "perceptron_norm": "ln_2"}
CONFIGURATIONS = {
    "gpt2": {
        "arguments": {
            "vocabulary": "vocab_size",
            "context": "n_positions",
            "width": "n_embd",
            "heads": "n_head",
            "layers": "n_layer",
            "hidden": "n_inner or 4 * n_embd",
        },
        "only": {
            "activation_function": ["gelu_new"],
            "add_cross_attention": [False],
            "tie_word_embeddings": [True],
            "scale_attn_by_inverse_layer_idx": [False],
            "layer_norm_epsilon": [1e-5],
        },
    }
}


def peer(*, vocabulary: int, context: int, width: int, heads: int, layers: int, hidden: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = model(vocabulary, context, width, heads, layers, hidden).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        given = {"inputs_embeds": F.linear(x, weights["embedding.weight"]), "use_cache": False}
        return torch.func.functional_call(module.train(training), translated(weights, layers), (), given).logits

    return theirs


def translated(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    words = weights["embedding.weight"].T
    named = {"transformer.wte.weight": words, "lm_head.weight": words, "transformer.wpe.weight": weights["code.weight"]}
    for part in ("weight", "bias"):
        named[f"transformer.ln_f.{part}"] = weights[f"norm.{part}"]
    return named | translated_blocks(weights, layers, "transformer")


def translated_blocks(weights: dict[str, Tensor], layers: int, network: str) -> dict[str, Tensor]:
    """Return the weights of all blocks by the names that they have below a network of the library."""
    named = {}
    for part in ("weight", "bias"):
        for layer in range(layers):
            ours, theirs = f"blocks.{layer}.", f"{network}.h.{layer}."
            in_one = torch.cat([weights[f"{ours}attention.{name}.{part}"] for name in ("query", "key", "value")])
            named[f"{theirs}attn.c_attn.{part}"] = in_one.T if part == "weight" else in_one
            for mine, yours in TURNED.items():
                value = weights[f"{ours}{mine}.{part}"]
                named[f"{theirs}{yours}.{part}"] = value.T if part == "weight" else value
            named |= {f"{theirs}{yours}.{part}": weights[f"{ours}{mine}.{part}"] for mine, yours in NORMS.items()}
    return named


def model(vocabulary: int, context: int, width: int, heads: int, layers: int, hidden: int) -> nn.Module:
    """Return the library's model of some sizes, without dropout."""
    models = import_transformers()
    layout = models.GPT2Config(
        vocab_size=vocabulary,
        n_positions=context,
        n_embd=width,
        n_head=heads,
        n_layer=layers,
        n_inner=hidden,
        bos_token_id=None,
        eos_token_id=None,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    )
    return models.GPT2LMHeadModel(layout)


class OfMixtures(nn.Module):
    """The library's model, for mixtures of words."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        return self.inner(inputs_embeds=x @ self.inner.transformer.wte.weight, use_cache=False).logits


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OfMixtures(model(50257, 1024, 768, 12, 12, 3072))
    return "small", theirs, {"x": torch.randn(1, 64, 50257, generator=generator)}
