"""Peer of the residual network: torchvision's ResNet with bottleneck blocks, all four stages, 64 channels wide."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.resnet import ResNet
from implementations.peers.torchvision_models import import_torchvision


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    models = import_torchvision().models.resnet
    ours = ResNet(block="bottleneck", blocks=[2, 1, 1, 1], width=64, classes=5)
    peer = models.ResNet(models.Bottleneck, [2, 1, 1, 1], num_classes=5).double().eval()
    # Both run their layers in the same order, so the tensors of their state dicts correspond one to one,
    # once each block's projection, which torchvision keeps last, stands last in ours too.
    names = list(peer.state_dict())

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        named = dict(zip(names, weights.values(), strict=True))
        return torch.func.functional_call(peer, named, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "resnet-50", import_torchvision().models.resnet50(), {"x": torch.randn(2, 3, 160, 160, generator=generator)}
