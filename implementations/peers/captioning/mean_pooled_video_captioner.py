"""Peer of the mean-pooled captioner: a stack of two `torch.lstm` on words beside the mean frame, with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.captioning.mean_pooled_video_captioner import MeanPooledVideoCaptioner
from implementations.peers.captioning.encoding import captioned_images, encode, lstm_weights


def theirs(weights: dict[str, Tensor], image: Tensor, words: Tensor) -> tuple[Tensor, ...]:
    """Return what the peer makes of inputs, with our weights."""
    frames = torch.stack([F.relu(encode(weights, frame)) for frame in image.unbind(1)])
    shown = frames.mean(0)[:, None].expand(-1, words.shape[1], -1)
    sequence = torch.cat([words @ weights["embed.weight"].T, shown], 2)
    zero = frames.new_zeros(2, *frames.shape[1:])
    flat = lstm_weights(weights, "layers.0") + lstm_weights(weights, "layers.1")
    states, h, c = torch.lstm(sequence, [zero, zero], flat, True, 2, 0.0, False, False, True)
    y = F.linear(states, weights["read_out.weight"], weights["read_out.bias"])
    return y, torch.cat([*h], 1), torch.cat([*c], 1)


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = MeanPooledVideoCaptioner(side=6)
    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    inputs = captioned_images(generator)
    return "width-512", theirs, inputs | {"image": torch.randn(16, 4, 3, 32, 32, generator=generator)}  # four frames
