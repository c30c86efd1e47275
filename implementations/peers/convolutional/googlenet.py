"""Peer of GoogLeNet: torchvision's, with an eighth of the channels and with its auxiliary heads."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.googlenet import GoogLeNet
from implementations.peers.torchvision_models import import_torchvision

SHARE, CLASSES = 8, 5
STAGES = [
    [[8, 12, 16, 2, 4, 4], [16, 16, 24, 4, 12, 8]],
    [
        [24, 12, 26, 2, 6, 8],
        [20, 14, 28, 3, 8, 8],
        [16, 16, 32, 3, 8, 8],
        [14, 18, 36, 4, 8, 8],
        [32, 20, 40, 4, 16, 16],
    ],
    [[32, 20, 40, 4, 16, 16], [48, 24, 48, 6, 16, 16]],
]


def narrow_peer() -> nn.Module:
    """Return torchvision's network with narrow layers; only its heads and its classifier fix widths of their own."""
    import_torchvision()
    models = import_module("torchvision.models.googlenet")  # the attribute of this name is a function

    def convolution(inputs: int, outputs: int, **options: Any) -> nn.Module:
        return models.BasicConv2d(inputs if inputs == 3 else inputs // SHARE, outputs // SHARE, **options)

    def head(inputs: int, classes: int, dropout: float) -> nn.Module:
        auxiliary = models.InceptionAux(inputs, classes, convolution, dropout)
        auxiliary.fc1, auxiliary.fc2 = nn.Linear(2048 // SHARE, 1024 // SHARE), nn.Linear(1024 // SHARE, classes)
        return auxiliary

    def module(inputs: int, *widths: int) -> nn.Module:
        return models.Inception(inputs, *widths, conv_block=convolution)

    peer = models.GoogLeNet(CLASSES, init_weights=False, blocks=[convolution, module, head])
    peer.fc = nn.Linear(1024 // SHARE, CLASSES)
    peer = peer.double().eval()
    peer.training = True  # of the whole only: it then calls its heads, while its layers stay in evaluation mode
    return peer


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GoogLeNet(stem=[8, 24], stages=STAGES, heads=[16, 128], batch=True, classes=CLASSES).double().eval()
    peer = narrow_peer()
    names = list(peer.state_dict())  # both define their layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> tuple[Tensor, ...]:
        found = torch.func.functional_call(peer, dict(zip(names, weights.values(), strict=True)), (x,))
        return found.logits, found.aux_logits1, found.aux_logits2

    return ours, theirs, ours.example_inputs(generator, H=64, W=72)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "torchvision",
        import_torchvision().models.googlenet(aux_logits=False, init_weights=False),
        {"x": torch.randn(2, 3, 224, 224, generator=generator)},
    )
