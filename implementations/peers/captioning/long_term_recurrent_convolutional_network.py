"""Peer of the factored form: `torch.lstm` over the words, and again over its states beside the image, our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.captioning.long_term_recurrent_convolutional_network import (
    LongTermRecurrentConvolutionalNetwork,
)
from implementations.peers.captioning.encoding import captioned_images, encode, lstm_weights


def theirs(weights: dict[str, Tensor], image: Tensor, words: Tensor) -> tuple[Tensor, ...]:
    """Return what the peer makes of inputs, with our weights."""
    seen = encode(weights, image)
    zero = seen.new_zeros(1, *seen.shape)

    def run(sequence: Tensor, name: str) -> tuple[Tensor, Tensor, Tensor]:
        flat = lstm_weights(weights, name)
        states, h, c = torch.lstm(sequence, [zero, zero], flat, True, 1, 0.0, False, False, True)
        return states, h[0], c[0]

    first, h1, c1 = run(words @ weights["embed.weight"].T, "layers.0")
    shown = seen[:, None].expand(-1, words.shape[1], -1)
    second, h2, c2 = run(torch.cat([first, shown], 2), "layers.1")
    y = F.linear(second, weights["read_out.weight"], weights["read_out.bias"])
    return y, torch.cat([h1, h2], 1), torch.cat([c1, c2], 1)


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = LongTermRecurrentConvolutionalNetwork(side=6)
    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    return "width-512", theirs, captioned_images(generator)
