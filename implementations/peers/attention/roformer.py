"""Peer of the RoFormer: that of transformers, between our embedding and our read-out."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.attention_mechanism.rotary_position_code import sines_and_cosines
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {"in_features": 2, "width": 12, "heads": 3, "hidden": 7, "out_features": 4},
    "deep": {"width": 4, "heads": 1, "layers": 3, "hidden": 5, "causal": True},
}
INSIDE = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "perceptron.0": "intermediate.dense",
    "perceptron.2": "output.dense",
    "perceptron_norm": "output.LayerNorm",
}
LONGEST = 64


def peer(
    *, in_features: int, width: int, heads: int, layers: int, hidden: int, out_features: int, causal: bool
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = model(width, heads, layers, hidden, causal).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        embedded = F.linear(x, weights["embedding.weight"], weights["embedding.bias"])
        named = translated(weights, layers, width, heads)
        given = {"inputs_embeds": embedded, "use_cache": False}
        found = torch.func.functional_call(module.train(training), named, (), given).last_hidden_state
        return F.linear(found, weights["read_out.weight"], weights["read_out.bias"])

    return theirs


def translated(weights: dict[str, Tensor], layers: int, width: int, heads: int) -> dict[str, Tensor]:
    """Return our weights by the library's names; a first and only type of segments is 0."""
    names = {"embedding_norm": "embeddings.LayerNorm"} | {
        f"layers.{layer}.{ours}": f"encoder.layer.{layer}.{theirs}"
        for layer in range(layers)
        for ours, theirs in INSIDE.items()
    }
    named = {
        f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in names.items() for part in ("weight", "bias")
    }
    return named | {
        "embeddings.token_type_embeddings.weight": torch.zeros(1, width, dtype=torch.float64),
        "encoder.embed_positions.weight": sines_and_cosines(LONGEST, width // heads),
    }


def model(width: int, heads: int, layers: int, hidden: int, causal: bool) -> nn.Module:
    """Return the library's model of some sizes, without dropout."""
    models = import_transformers()
    layout = models.RoFormerConfig(
        vocab_size=1,
        type_vocab_size=1,
        hidden_size=width,
        num_attention_heads=heads,
        num_hidden_layers=layers,
        intermediate_size=hidden,
        max_position_embeddings=LONGEST,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        is_decoder=causal,
    )
    return models.RoFormerModel(layout)


class Whole(nn.Module):
    """The library's model between an embedding and a read-out."""

    def __init__(self, *, features: int, width: int, heads: int, layers: int, hidden: int) -> None:
        super().__init__()
        self.embedding, self.read_out = nn.Linear(features, width), nn.Linear(width, features)
        self.model = model(width, heads, layers, hidden, causal=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return one output for every position."""
        return self.read_out(self.model(inputs_embeds=self.embedding(x)).last_hidden_state)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = Whole(features=768, width=768, heads=12, layers=12, hidden=3072)
    return "base", theirs, {"x": torch.randn(1, 64, 768, generator=generator)}
