"""Peer of VGG: torchvision's, with narrow layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.vgg import VGG
from implementations.peers.torchvision_models import import_torchvision


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    models = import_torchvision().models.vgg
    ours = VGG(blocks=[1, 2], widths=[4, 6], hidden=8, image=16, classes=5).double()
    peer = models.VGG(models.make_layers([4, "M", 6, 6, "M"]), num_classes=5, init_weights=False).double().eval()
    peer.avgpool = nn.Identity()  # the maps already have the size that the dense layers ask for
    peer.classifier[0], peer.classifier[3], peer.classifier[6] = nn.Linear(96, 8), nn.Linear(8, 8), nn.Linear(8, 5)
    ours.eval()
    names = list(peer.state_dict())  # both define their layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        translated = dict(zip(names, weights.values(), strict=True))
        return torch.func.functional_call(peer, translated, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "vgg-11", import_torchvision().models.vgg11(), {"x": torch.randn(1, 3, 224, 224, generator=generator)}
