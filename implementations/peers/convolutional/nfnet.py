"""Peer of the normaliser-free network: timm's, with the same layout."""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {
    "two-stages": {"blocks": [1, 3], "widths": [16, 32], "stem": 16, "features": 24, "group": 8, "classes": 4},
    "strong": {"blocks": [2], "alpha": 0.7, "widths": [24], "stem": 16, "features": 9, "group": 4, "in_channels": 2},
}


def peer(
    *,
    blocks: Sequence[int],
    widths: Sequence[int],
    stem: int,
    features: int,
    group: int,
    alpha: float,
    in_channels: int,
    classes: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    models = import_timm("models.nfnet")
    layout = models.NfCfg(
        depths=tuple(blocks),
        channels=tuple(widths),
        alpha=alpha,
        stem_type="deep_quad",
        stem_chs=stem,
        group_size=group,
        num_features=features,
        ch_div=1,
        extra_conv=True,
        gamma_in_act=True,
        skipinit=True,
        act_layer="gelu",
        attn_layer="se",
        attn_kwargs={"rd_ratio": 0.5, "rd_divisor": 1},
    )
    module = models.NormFreeNet(layout, num_classes=classes, in_chans=in_channels)
    shapes = {name: value.shape for name, value in module.state_dict().items()}

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        pairs = zip(shapes.items(), in_the_order_of_the_peer(weights), strict=True)
        return {name: weights[ours].view(shape) for (name, shape), ours in pairs}

    return with_our_weights(module, translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "nfnet-f0",
        import_timm("models").create_model("dm_nfnet_f0"),
        {"x": torch.randn(1, 3, 128, 128, generator=generator)},
    )


def in_the_order_of_the_peer(ours: Iterable[str]) -> list[str]:
    """Return our names; the peer has the scalar of a block before its shortcut; the rest has the same order."""
    names = list(ours)
    blocks = {name: name.rpartition("branch.scale")[0] for name in names if name.endswith("branch.scale")}
    for scale, block in blocks.items():
        names.remove(scale)
        names.insert(next(at for at, name in enumerate(names) if name.startswith(block)), scale)
    return names
