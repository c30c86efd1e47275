"""Peer of the multimodal recurrent network: the loop that `nn.RNN` calls, and one matrix for words and states."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.peers.captioning.encoding import captioned_images, encode

SIZES = {"odd": {"vocabulary": 7, "units": 5, "width": 9, "channels": 2, "side": 7, "filters": 3}}


def theirs(weights: dict[str, Tensor], image: Tensor, words: Tensor) -> tuple[Tensor, ...]:
    """Return the outputs of the peer for inputs, with our weights."""
    second, back = weights["second.weight"], weights["recurrent.weight"]
    none = second.new_zeros(len(second))
    zero = image.new_zeros(1, len(image), len(second))
    inner = words @ weights["first.weight"].T
    states, r = torch.rnn_relu(inner, zero, [second, back, none, none], True, 1, 0.0, False, False, True)
    seen = encode(weights, image)[:, None].expand(-1, words.shape[1], -1)
    matrix = torch.cat([weights["from_word.weight"], weights["from_state.weight"]], 1)
    multimodal = F.linear(torch.cat([inner @ second.T, states], 2), matrix) + seen
    scaled = 1.7159 * (2 * torch.sigmoid(4 / 3 * multimodal) - 1)
    return F.linear(scaled, weights["read_out.weight"], weights["read_out.bias"]), r[0]


def peer() -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    return "width-512", theirs, captioned_images(generator)
