"""Peer of the released form: `torch.lstm` over the embedded image and words as one sequence, with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.captioning.show_and_tell import ShowAndTell


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = ShowAndTell(side=6, released=True)

    def theirs(weights: dict[str, Tensor], image: Tensor, words: Tensor) -> tuple[Tensor, ...]:
        maps = image
        for layer in ("0", "2"):
            maps = F.relu(F.conv2d(maps, weights[f"cnn.{layer}.weight"], weights[f"cnn.{layer}.bias"], 2, 1))
        seen = F.linear(maps.flatten(1), weights["cnn.5.weight"], weights["cnn.5.bias"])
        sequence = torch.cat([seen[:, None], words @ weights["embed.weight"].T], 1)
        flat = [weights[f"lstm.{name}"] for name in ("input.weight", "recurrent.weight", "input.bias")]
        start = sequence.new_zeros(1, *seen.shape)
        flat.append(torch.zeros_like(flat[2]))
        states, m, c = torch.lstm(sequence, [start, start], flat, True, 1, 0.0, False, False, True)
        return F.linear(states[:, 1:], weights["read_out.weight"], weights["read_out.bias"]), m[0], c[0]

    return ours, theirs, ours.example_inputs(generator)
