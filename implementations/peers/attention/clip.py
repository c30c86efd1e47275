"""Peer of CLIP: that of transformers."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {
        "image": [6, 6],
        "patch": 2,
        "in_channels": 1,
        "vocabulary": 7,
        "context": 9,
        "image_width": 6,
        "text_width": 12,
        "text_heads": 3,
        "space": 3,
    },
    "deep": {"image": [9, 9], "patch": 3, "image_layers": 3, "text_layers": 1, "image_heads": 1, "text_width": 4},
}
INSIDE = {
    "attention_norm": "layer_norm1",
    "attention.query": "self_attn.q_proj",
    "attention.key": "self_attn.k_proj",
    "attention.value": "self_attn.v_proj",
    "attention.output": "self_attn.out_proj",
    "perceptron_norm": "layer_norm2",
    "perceptron.0": "mlp.fc1",
    "perceptron.2": "mlp.fc2",
}
NORMS = {
    "image_tower.first_norm": "vision_model.pre_layrnorm",
    "image_tower.last_norm": "vision_model.post_layernorm",
    "text_tower.last_norm": "text_model.final_layer_norm",
}
ALONE = {
    "image_tower.code.weight": "vision_model.embeddings.position_embedding.weight",
    "image_tower.class_token.token": "vision_model.embeddings.class_embedding",
    "image_tower.projection.weight": "visual_projection.weight",
    "text_tower.code.weight": "text_model.embeddings.position_embedding.weight",
    "text_tower.projection.weight": "text_projection.weight",
    "scale": "logit_scale",
}
CONFIGURATIONS = {
    "clip": {
        "arguments": {
            "image": "(vision_config.image_size, vision_config.image_size)",
            "patch": "vision_config.patch_size",
            "in_channels": "vision_config.num_channels",
            "vocabulary": "text_config.vocab_size",
            "context": "text_config.max_position_embeddings",
            "image_width": "vision_config.hidden_size",
            "text_width": "text_config.hidden_size",
            "image_heads": "vision_config.num_attention_heads",
            "text_heads": "text_config.num_attention_heads",
            "image_layers": "vision_config.num_hidden_layers",
            "text_layers": "text_config.num_hidden_layers",
            "space": "projection_dim",
        },
        "only": {
            "vision_config.hidden_act": ["quick_gelu"],
            "text_config.hidden_act": ["quick_gelu"],
            "vision_config.intermediate_size == 4 * vision_config.hidden_size": [True],
            "text_config.intermediate_size == 4 * text_config.hidden_size": [True],
        },
    }
}


def peer(
    *,
    image: Sequence[int],
    patch: int,
    in_channels: int,
    vocabulary: int,
    context: int,
    image_width: int,
    text_width: int,
    image_heads: int,
    text_heads: int,
    image_layers: int,
    text_layers: int,
    space: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    if image[0] != image[1]:
        raise NotImplementedError("the library's images are square")
    module = model(
        image[0], patch, in_channels, vocabulary, context, (image_width, text_width), (image_heads, text_heads),
        (image_layers, text_layers), space,
    ).double()  # fmt: skip
    layers = {"image_tower": image_layers, "text_tower": text_layers}

    def theirs(weights: dict[str, Tensor], image: Tensor, text: Tensor, training: bool = False) -> Tensor:
        numbers = with_ends(text)
        module.text_model.embeddings.token_embedding = Embedded(F.linear(text, weights["text_tower.embedding.weight"]))
        named = translated(weights, layers, patch)
        return torch.func.functional_call(module.train(training), named, (numbers, image)).logits_per_image

    return theirs


class Embedded(nn.Module):
    """Stands in for the table of words, where texts are mixtures of words, which the library does not take."""

    def __init__(self, vectors: Tensor) -> None:
        super().__init__()
        self.vectors = vectors

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the vectors, whatever the numbers of the words."""
        return self.vectors


def with_ends(text: Tensor) -> Tensor:
    """Return numbers of words that are zero except at the end of every text."""
    words = text.shape[2]
    return torch.zeros(text.shape[:2], dtype=torch.long).scatter(1, text[..., -1].argmax(1, keepdim=True), words - 1)


def translated(weights: dict[str, Tensor], layers: dict[str, int], patch: int) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    filters = weights["image_tower.embedding.linear.weight"]
    named = {theirs: weights[ours] for ours, theirs in ALONE.items()}
    named["vision_model.embeddings.patch_embedding.weight"] = filters.unflatten(1, (-1, patch, patch))
    names = NORMS | {
        f"{tower}.blocks.{layer}.{ours}": f"{model_of}.encoder.layers.{layer}.{theirs}"
        for tower, model_of in (("image_tower", "vision_model"), ("text_tower", "text_model"))
        for layer in range(layers[tower])
        for ours, theirs in INSIDE.items()
    }
    return named | {
        f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in names.items() for part in ("weight", "bias")
    }


def model(
    side: int,
    patch: int,
    channels: int,
    vocabulary: int,
    context: int,
    widths: tuple[int, int],
    heads: tuple[int, int],
    layers: tuple[int, int],
    space: int,
) -> nn.Module:
    """Return the library's model of some sizes; pairs are those of the image tower and of the text tower."""
    models = import_transformers()
    of_images, of_texts = (
        {"hidden_size": width, "intermediate_size": 4 * width, "num_attention_heads": head, "num_hidden_layers": layer}
        for width, head, layer in zip(widths, heads, layers, strict=True)
    )
    of_images |= {"image_size": side, "patch_size": patch, "num_channels": channels}
    of_texts |= {"vocab_size": vocabulary, "max_position_embeddings": context}
    of_texts |= {"bos_token_id": 0, "pad_token_id": 0, "eos_token_id": vocabulary - 1}
    layout = models.CLIPConfig(text_config=of_texts, vision_config=of_images, projection_dim=space)
    return models.CLIPModel(layout)


class OfWords(nn.Module):
    """The library's model, for texts of one-hot words."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, image: Tensor, text: Tensor) -> Tensor:
        """Return the logits."""
        return self.inner(text.argmax(2), image).logits_per_image


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OfWords(model(224, 32, 3, 49408, 77, (768, 512), (12, 8), (12, 12), 512))
    last = torch.tensor(76)
    words = F.one_hot(torch.randint(0, 49407, (2, 77), generator=generator).index_fill(1, last, 49407), 49408)
    return "base-32", theirs, {"image": torch.randn(2, 3, 224, 224, generator=generator), "text": words.float()}
