"""Common parts of the peers of captioners: the encoder of images, called with our weights."""

import torch
from torch import Tensor
from torch.nn import functional as F


def encode(weights: dict[str, Tensor], image: Tensor) -> Tensor:
    """Return the encoded images, by the library's convolutions."""
    for layer in ("cnn.0", "cnn.2"):
        image = F.relu(F.conv2d(image, weights[f"{layer}.weight"], weights[f"{layer}.bias"], stride=2, padding=1))
    return F.linear(image.flatten(1), weights["cnn.5.weight"], weights["cnn.5.bias"])


def lstm_weights(weights: dict[str, Tensor], name: str) -> list[Tensor]:
    """Return the weights of one of our LSTM cells in the form of `torch.lstm`, with a second bias of zero."""
    flat = [weights[f"{name}.{part}"] for part in ("input.weight", "recurrent.weight", "input.bias")]
    return [*flat, flat[2].new_zeros(flat[2].shape)]


def stacked_lstm(weights: dict[str, Tensor], words: Tensor, features: Tensor, image_layer: int) -> tuple[Tensor, ...]:
    """Return logits and last states of our stack of LSTMs, by `torch.lstm`, with our weights.

    Args:
        weights: Our weights, of one layer or of two.
        words: One-hot words, `[B, T, V]`.
        features: Features of the image, `[B, U]`.
        image_layer: The number of the layer that gets these features.
    """
    seen = features[:, None].expand(-1, words.shape[1], -1)
    zero, last = features.new_zeros(1, *features.shape), []
    states = words @ weights["embed.weight"].T
    for layer in range(sum(name.endswith("recurrent.weight") for name in weights)):
        sequence = torch.cat([states, seen], 2) if layer == image_layer else states
        flat = lstm_weights(weights, f"layers.{layer}")
        states, h, c = torch.lstm(sequence, [zero, zero], flat, True, 1, 0.0, False, False, True)
        last.append((h[0], c[0]))
    y = F.linear(states, weights["read_out.weight"], weights["read_out.bias"])
    return y, *(torch.cat(found, 1) for found in zip(*last, strict=True))


def captioned_images(generator: torch.Generator) -> dict[str, Tensor]:
    """Return 16 images of 32 x 32 pixels, each with 20 words out of 1000."""
    words = torch.randint(0, 1000, (16, 20), generator=generator)
    return {"image": torch.randn(16, 3, 32, 32, generator=generator), "words": F.one_hot(words, 1000).float()}
