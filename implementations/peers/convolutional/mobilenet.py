"""Peer of MobileNet: timm's, with narrow layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.mobilenet import MobileNet
from implementations.peers.timm_models import import_timm


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = MobileNet(widths=[8, 16, 16, 24], strides=[1, 2, 1], classes=5).double().eval()
    blocks = import_timm("models._efficientnet_builder").decode_arch_def(
        [["dsa_r1_k3_s1_c16"], ["dsa_r1_k3_s2_c16"], ["dsa_r1_k3_s1_c24"]]
    )
    network = import_timm("models.efficientnet").EfficientNet
    peer = network(blocks, num_classes=5, num_features=0, stem_size=8, fix_stem=True, act_layer=nn.ReLU)
    peer = peer.double().eval()
    names = list(peer.state_dict())  # both define their layers in the same order

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.func.functional_call(peer, dict(zip(names, weights.values(), strict=True)), (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "mobilenet-v1",
        import_timm("models").create_model("mobilenetv1_100", act_layer=nn.ReLU),
        {"x": torch.randn(2, 3, 160, 160, generator=generator)},
    )
