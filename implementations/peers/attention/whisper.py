"""Peer of Whisper: that of transformers, whose table of sinusoids is replaced by our codes, which are in another order.

The library takes sounds of one length only; here it is that of the sound.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.sinusoidal_position_code import SinusoidalPositionCode
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {"vocabulary": 7, "channels": 4, "context": 9, "width": 12, "heads": 3, "hidden": 5},
    "deep": {"vocabulary": 3, "channels": 2, "context": 4, "width": 4, "heads": 1, "layers": 3},
}
ATTENTION = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "out_proj"}
INSIDE = {
    "self_norm": "self_attn_layer_norm",
    "perceptron_norm": "final_layer_norm",
    "perceptron.0": "fc1",
    "perceptron.2": "fc2",
} | {f"self_attention.{ours}": f"self_attn.{theirs}" for ours, theirs in ATTENTION.items()}
CROSSING = {"cross_norm": "encoder_attn_layer_norm"} | {
    f"cross_attention.{ours}": f"encoder_attn.{theirs}" for ours, theirs in ATTENTION.items()
}
CONFIGURATIONS = {
    "whisper": {
        "arguments": {
            "vocabulary": "vocab_size",
            "channels": "num_mel_bins",
            "context": "max_target_positions",
            "width": "d_model",
            "heads": "encoder_attention_heads",
            "layers": "encoder_layers",
            "hidden": "encoder_ffn_dim",
        },
        "only": {
            "activation_function": ["gelu"],
            "decoder_attention_heads == encoder_attention_heads": [True],
            "decoder_layers == encoder_layers": [True],
            "decoder_ffn_dim == encoder_ffn_dim": [True],
            "scale_embedding": [False],
        },
    }
}


def peer(
    *, vocabulary: int, channels: int, context: int, width: int, heads: int, layers: int, hidden: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = model(vocabulary, channels, context, width, heads, layers, hidden).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor, training: bool = False) -> Tensor:
        positions = source.shape[1] // 2
        module.config.max_source_positions = module.model.encoder.embed_positions.num_embeddings = positions
        code = SinusoidalPositionCode(width=width)(x.new_zeros(1, positions, width))[0]
        named = {"model.encoder.embed_positions.weight": code} | translated(weights)
        given = {
            "input_features": source.mT,
            "decoder_inputs_embeds": F.linear(x, weights["embedding.weight"]),
            "use_cache": False,
        }
        return torch.func.functional_call(module.train(training), named, (), given, tie_weights=False).logits

    return theirs


def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    words = weights["embedding.weight"].T
    named = {
        "model.decoder.embed_tokens.weight": words,
        "proj_out.weight": words,
        "model.decoder.embed_positions.weight": weights["code.weight"],
    }
    places = {
        "encoder.stem.first": "model.encoder.conv1",
        "encoder.stem.second": "model.encoder.conv2",
        "encoder.norm": "model.encoder.layer_norm",
        "norm": "model.decoder.layer_norm",
    }
    for name, value in weights.items():
        place, _, kind = name.rpartition(".")
        if place in places:
            named[f"{places[place]}.{kind}"] = value
        half, blocks, rest = place.partition("blocks.")
        if blocks:
            number, _, inside = rest.partition(".")
            stack = "encoder" if half else "decoder"
            named[f"model.{stack}.layers.{number}.{(INSIDE | CROSSING)[inside]}.{kind}"] = value
    return named


def model(vocabulary: int, channels: int, context: int, width: int, heads: int, layers: int, hidden: int) -> nn.Module:
    """Return the library's model of some sizes, without dropout."""
    models = import_transformers()
    halves = {
        f"{half}_{what}": value
        for half in ("encoder", "decoder")
        for what, value in {"layers": layers, "attention_heads": heads, "ffn_dim": hidden}.items()
    }
    layout = models.WhisperConfig(
        vocab_size=vocabulary,
        num_mel_bins=channels,
        d_model=width,
        max_target_positions=context,
        dropout=0.0,
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
        decoder_start_token_id=0,
        **halves,
    )
    return models.WhisperForConditionalGeneration(layout)


class OfMixtures(nn.Module):
    """The library's model, for mixtures of words and sounds of one length."""

    def __init__(self, inner: nn.Module, positions: int) -> None:
        super().__init__()
        self.inner = inner
        inner.config.max_source_positions = inner.model.encoder.embed_positions.num_embeddings = positions

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """Return the logits."""
        words = x @ self.inner.model.decoder.embed_tokens.weight
        return self.inner(input_features=source.mT, decoder_inputs_embeds=words, use_cache=False).logits


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OfMixtures(model(51865, 80, 448, 384, 6, 4, 1536), 100)
    shapes = {"x": (1, 64, 51865), "source": (1, 200, 80)}
    return "tiny", theirs, {name: torch.randn(*shape, generator=generator) for name, shape in shapes.items()}
