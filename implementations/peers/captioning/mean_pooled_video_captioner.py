"""Peer of the mean-pooled captioner: `torch.lstm`, layer by layer, one of them beside the mean frame."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.peers.captioning.encoding import captioned_images, encode, stacked_lstm

SIZES = {"odd": {"vocabulary": 7, "units": 5, "channels": 2, "side": 7, "filters": 3}}


def theirs(weights: dict[str, Tensor], image: Tensor, words: Tensor, factored: bool = False) -> tuple[Tensor, ...]:
    """Return the outputs of the peer for inputs, with our weights."""
    frames = torch.stack([F.relu(encode(weights, frame)) for frame in image.unbind(1)])
    return stacked_lstm(weights, words, frames.mean(0), image_layer=int(factored))


def peer(*, factored: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    return partial(theirs, factored=factored)


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    inputs = captioned_images(generator)
    return "width-512", theirs, inputs | {"image": torch.randn(16, 4, 3, 32, 32, generator=generator)}  # four frames
