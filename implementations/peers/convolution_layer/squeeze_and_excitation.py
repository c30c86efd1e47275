"""Peer of the component: timm's module, whose dense layers are convolutions of one pixel."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.convolution_layer.squeeze_and_excitation import SqueezeAndExcitation
from implementations.peers.timm_models import import_timm


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = SqueezeAndExcitation(channels=4, hidden=3)
    peer = import_timm("layers").SEModule(4, rd_channels=3).double()
    shapes = {name: value.shape for name, value in peer.state_dict().items()}

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        pairs = zip(shapes.items(), weights.values(), strict=True)
        return torch.func.functional_call(peer, {name: value.view(shape) for (name, shape), value in pairs}, (x,))

    return ours, theirs, ours.example_inputs(generator)
