"""Peer of the orthogonal recurrent network: torch's orthogonal parametrisation of a linear layer, from step to step."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.recurrent.orthogonal_recurrent_network import OrthogonalRecurrentNetwork
from implementations.peers.unitary_layer.orthogonal_parametrisation import linear


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = OrthogonalRecurrentNetwork(in_features=4, units=7, out_features=3)

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        states = []
        for step in x.unbind(1):
            squashed = torch.tanh(F.linear(step, weights["input.weight"], weights["input.bias"]))
            h = linear(weights["rotation.weight"], h) + squashed
            states.append(h)
        return F.linear(torch.stack(states, 1), weights["read_out.weight"], weights["read_out.bias"]), h

    return ours, theirs, ours.example_inputs(generator)
