"""Peer of the component: timm's convolution with scaled weight standardisation."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.normalisation.scaled_weight_standardisation import ScaledStandardisedConvolution
from implementations.peers.timm_models import import_timm


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = ScaledStandardisedConvolution(in_channels=4, out_channels=6, stride=2, groups=2)
    peer = import_timm("layers").ScaledStdConv2d(4, 6, 3, stride=2, groups=2, eps=ours.epsilon).double()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.func.functional_call(peer, weights, (x,))

    return ours, theirs, ours.example_inputs(generator)
