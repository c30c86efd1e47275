"""Peer of Inception-v3: torchvision's, with a sixteenth of the channels and with its auxiliary head."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.inception_v3 import InceptionV3
from implementations.peers.torchvision_models import import_torchvision

SHARE, CLASSES = 16, 5


def narrow_peer() -> nn.Module:
    """Return torchvision's network with narrow layers; only its two last layers fix widths of their own."""
    models = import_torchvision().models.inception

    def convolution(inputs: int, outputs: int, **options: Any) -> nn.Module:
        return models.BasicConv2d(inputs if inputs == 3 else inputs // SHARE, outputs // SHARE, **options)

    def head(inputs: int, classes: int) -> nn.Module:
        auxiliary = models.InceptionAux(inputs, classes, conv_block=convolution)
        auxiliary.fc = nn.Linear(768 // SHARE, classes)
        return auxiliary

    letters = (models.InceptionA, models.InceptionB, models.InceptionC, models.InceptionD, models.InceptionE)
    blocks = [convolution, *(partial(letter, conv_block=convolution) for letter in letters), head]
    peer = models.Inception3(CLASSES, inception_blocks=blocks, init_weights=False)
    peer.fc = nn.Linear(2048 // SHARE, CLASSES)
    peer = peer.double().eval()
    peer.training = True  # of the whole only: it then calls its head, while its layers stay in evaluation mode
    return peer


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = InceptionV3(fine=3, middle=[8, 10, 10, 12], coarse=2, auxiliary=True, classes=CLASSES).double().eval()
    peer = narrow_peer()
    names = list(peer.state_dict())  # both define their layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> tuple[Tensor, ...]:
        return tuple(torch.func.functional_call(peer, dict(zip(names, weights.values(), strict=True)), (x,)))

    return ours, theirs, ours.example_inputs(generator, B=1, H=299, W=299)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "szegedy-2016",
        import_torchvision().models.inception_v3(aux_logits=False, init_weights=False),
        {"x": torch.randn(1, 3, 299, 299, generator=generator)},
    )
