"""Peer of the residual network: torchvision's ResNet with bottleneck blocks, all four stages, 64 channels wide."""

import sys
from collections.abc import Callable
from types import ModuleType

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.resnet import ResNet

_operators: list[torch.library.Library] = []
"""Keeps the stand-ins below registered for as long as the process lives."""


def import_torchvision() -> ModuleType:
    """Import torchvision, also beside a CPU build of torch for which its wheel's own operators cannot be loaded.

    Such a wheel fails on import because two operators are not registered. None of its models uses them, so stand-ins
    without an implementation are enough. Where torchvision imports normally this does nothing.
    """
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _operators.append(library)
        import torchvision
    return torchvision


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
