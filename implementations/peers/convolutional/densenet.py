"""Peer of the densely connected network: torchvision's, with narrow layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.densenet import DenseNet
from implementations.peers.torchvision_models import import_torchvision


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    models = import_torchvision().models.densenet
    ours = DenseNet(blocks=[2, 3], growth=4, stem=8, classes=5).double()
    peer = models.DenseNet(4, (2, 3), 8, num_classes=5).double().eval()
    ours.eval()
    names = list(peer.state_dict())  # both define their layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        translated = dict(zip(names, weights.values(), strict=True))
        return torch.func.functional_call(peer, translated, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "densenet-121",
        import_torchvision().models.densenet121(),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )
