"""Peer of AlexNet: torchvision's, which has one tower; its dense layers are made small."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.alexnet import AlexNet
from implementations.peers.torchvision_models import import_torchvision


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = AlexNet(
        towers=1, channels=[64, 192, 384, 256, 256], hidden=6, image=64, border=2, normalise=False, classes=5
    ).double()
    peer = import_torchvision().models.AlexNet().double().eval()
    peer.avgpool = nn.Identity()  # it would repeat the one position of these small images
    peer.classifier[1], peer.classifier[4], peer.classifier[6] = nn.Linear(256, 6), nn.Linear(6, 6), nn.Linear(6, 5)
    ours.eval()
    names = list(peer.state_dict())  # both define their layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        translated = dict(zip(names, weights.values(), strict=True))
        return torch.func.functional_call(peer, translated, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "torchvision",
        import_torchvision().models.alexnet(),
        {"x": torch.randn(2, 3, 224, 224, generator=generator)},
    )
