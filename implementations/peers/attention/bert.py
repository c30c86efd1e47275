"""Peer of BERT: that of transformers with the head for masked words."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.attention.roformer import INSIDE
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {"vocabulary": 7, "segments": 3, "context": 9, "width": 12, "heads": 3, "hidden": 5},
    "deep": {"vocabulary": 3, "context": 4, "width": 4, "heads": 1, "layers": 3},
}
OUTSIDE = {
    "embedding_norm": "bert.embeddings.LayerNorm",
    "transform.0": "cls.predictions.transform.dense",
    "transform.2": "cls.predictions.transform.LayerNorm",
}
CONFIGURATIONS = {
    "bert": {
        "arguments": {
            "vocabulary": "vocab_size",
            "segments": "type_vocab_size",
            "context": "max_position_embeddings",
            "width": "hidden_size",
            "heads": "num_attention_heads",
            "layers": "num_hidden_layers",
            "hidden": "intermediate_size",
        },
        "only": {
            "hidden_act": ["gelu"],
            "is_decoder": [False],
            "tie_word_embeddings": [True],
            "position_embedding_type": ["absolute"],
            "layer_norm_eps": [1e-12],
        },
        "defaults": {"type_vocab_size": 2},
    }
}


def peer(
    *, vocabulary: int, segments: int, context: int, width: int, heads: int, layers: int, hidden: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = model(vocabulary, segments, context, width, heads, layers, hidden).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        given = {"inputs_embeds": F.linear(x, weights["embedding.weight"])}
        return torch.func.functional_call(module.train(training), translated(weights, layers), (), given).logits

    return theirs


def translated(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    words, bias = weights["embedding.weight"].T, weights["read_out_bias"]
    named = {
        "bert.embeddings.word_embeddings.weight": words,
        "cls.predictions.decoder.weight": words,
        "cls.predictions.decoder.bias": bias,
        "cls.predictions.bias": bias,
        "bert.embeddings.token_type_embeddings.weight": weights["segment.weight"].T,
        "bert.embeddings.position_embeddings.weight": weights["code.weight"],
    }
    names = OUTSIDE | {
        f"layers.{layer}.{ours}": f"bert.encoder.layer.{layer}.{theirs}"
        for layer in range(layers)
        for ours, theirs in INSIDE.items()
    }
    return named | {
        f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in names.items() for part in ("weight", "bias")
    }


def model(vocabulary: int, segments: int, context: int, width: int, heads: int, layers: int, hidden: int) -> nn.Module:
    """Return the library's model of some sizes, without dropout."""
    models = import_transformers()
    layout = models.BertConfig(
        vocab_size=vocabulary,
        type_vocab_size=segments,
        max_position_embeddings=context,
        hidden_size=width,
        num_attention_heads=heads,
        num_hidden_layers=layers,
        intermediate_size=hidden,
        pad_token_id=None,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return models.BertForMaskedLM(layout)


class OfMixtures(nn.Module):
    """The library's model, for mixtures of words."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        return self.inner(inputs_embeds=x @ self.inner.bert.embeddings.word_embeddings.weight).logits


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OfMixtures(model(30522, 2, 512, 768, 12, 12, 3072))
    return "base", theirs, {"x": torch.randn(1, 64, 30522, generator=generator)}
