"""Peer of the released form: `torch.lstm` over the embedded image and words as one sequence, with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.peers.captioning.encoding import captioned_images, encode, lstm_weights

SIZES = {"odd": {"vocabulary": 7, "units": 5, "channels": 2, "side": 7, "filters": 3, "released": True}}


def theirs(weights: dict[str, Tensor], image: Tensor, words: Tensor) -> tuple[Tensor, ...]:
    """Return the outputs of the peer for inputs, with our weights."""
    seen = encode(weights, image)
    sequence = torch.cat([seen[:, None], words @ weights["embed.weight"].T], 1)
    zero = seen.new_zeros(1, *seen.shape)
    flat = lstm_weights(weights, "lstm")
    states, m, c = torch.lstm(sequence, [zero, zero], flat, True, 1, 0.0, False, False, True)
    return F.linear(states[:, 1:], weights["read_out.weight"], weights["read_out.bias"]), m[0], c[0]


def peer(*, released: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    if not released:
        raise NotImplementedError("torch's LSTM squashes the cell before the output gate")
    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    return "width-512", theirs, captioned_images(generator)
