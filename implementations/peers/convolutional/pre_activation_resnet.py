"""Peer of the pre-activation residual network: timm's, with narrow layers."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.pre_activation_resnet import PreActivationResNet
from implementations.peers.timm_models import import_timm


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = PreActivationResNet(block="bottleneck", blocks=[2, 1], width=8, classes=5).double().eval()
    layers = import_timm("layers")
    peer = import_timm("models.resnetv2").ResNetV2(
        [2, 1],
        channels=(32, 64),
        num_classes=5,
        stem_chs=8,
        conv_layer=partial(layers.create_conv2d, bias=False),
        norm_layer=layers.BatchNormAct2d,
    )
    peer = peer.double().eval()
    shapes = {name: value.shape for name, value in peer.state_dict().items()}  # both define layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        pairs = zip(shapes.items(), weights.values(), strict=True)
        translated = {name: value.view(shape) for (name, shape), value in pairs}  # its classifier is a convolution
        return torch.func.functional_call(peer, translated, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "resnetv2-50",
        import_timm("models").create_model("resnetv2_50"),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )
