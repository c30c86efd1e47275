"""Peer of the component: `F.linear` and `F.gelu` on the transposed tokens."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.token_mixing import TokenMixing


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = TokenMixing()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        hidden = F.gelu(F.linear(x.mT, weights["weight_in"], weights["bias_in"]))
        return F.linear(hidden, weights["weight_out"], weights["bias_out"]).mT

    return ours, theirs, ours.example_inputs(generator)
