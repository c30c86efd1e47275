"""Peer of MobileNetV2: torchvision's, with two stages."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.mobilenet_v2 import MobileNetV2
from implementations.peers.torchvision_models import import_torchvision


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    stages = [[1, 8, 1, 1], [2, 12, 2, 2]]
    ours = MobileNetV2(stages=stages, stem=32, last=1280, classes=5).double()
    peer = import_torchvision().models.MobileNetV2(num_classes=5, inverted_residual_setting=stages, round_nearest=1)
    peer = peer.double().eval()
    names = list(peer.state_dict())  # both define their layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        translated = dict(zip(names, weights.values(), strict=True))
        return torch.func.functional_call(peer, translated, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "mobilenet-v2",
        import_torchvision().models.mobilenet_v2(),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )
