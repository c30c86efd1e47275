"""Peer of the normaliser-free network: timm's, with narrow layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.nfnet import NFNet
from implementations.peers.timm_models import import_timm


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = NFNet(blocks=[1, 3], widths=[16, 32], stem=16, features=24, group=8, classes=5).double().eval()
    models = import_timm("models.nfnet")
    layout = models.NfCfg(
        depths=(1, 3),
        channels=(16, 32),
        stem_type="deep_quad",
        stem_chs=16,
        group_size=8,
        num_features=24,
        extra_conv=True,
        gamma_in_act=True,
        skipinit=True,
        act_layer="gelu",
        attn_layer="se",
        attn_kwargs={"rd_ratio": 0.5},
    )
    peer = models.NormFreeNet(layout, num_classes=5).double().eval()
    shapes = {name: value.shape for name, value in peer.state_dict().items()}
    own = in_the_order_of_the_peer(ours)

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        pairs = zip(shapes.items(), own, strict=True)
        translated = {name: weights[ours].view(shape) for (name, shape), ours in pairs}
        return torch.func.functional_call(peer, translated, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "nfnet-f0",
        import_timm("models").create_model("dm_nfnet_f0"),
        {"x": torch.randn(1, 3, 128, 128, generator=generator)},
    )


def in_the_order_of_the_peer(ours: nn.Module) -> list[str]:
    """Return our names; the peer has the scalar of a block before its shortcut, all else is in the same order."""
    names = list(ours.state_dict())
    blocks = {name: name.rpartition("branch.scale")[0] for name in names if name.endswith("branch.scale")}
    for scale, block in blocks.items():
        names.remove(scale)
        names.insert(next(at for at, name in enumerate(names) if name.startswith(block)), scale)
    return names
