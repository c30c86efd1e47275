"""Peer of MLP-Mixer: timm's."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {
    "wide": {"image": [6, 4], "patch": 2, "in_channels": 1, "width": 10, "tokens_hidden": 7, "channels_hidden": 20},
    "deep": {"image": [9, 9], "patch": 3, "width": 6, "tokens_hidden": 3, "channels_hidden": 4, "blocks": 3},
}


def peer(
    *,
    image: Sequence[int],
    patch: int,
    in_channels: int,
    width: int,
    tokens_hidden: int,
    channels_hidden: int,
    blocks: int,
    classes: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; both have them in the same order."""
    # The numbers of hidden units are whole numbers again once timm has multiplied these by the width and rounded down.
    ratios = ((tokens_hidden + 0.5) / width, (channels_hidden + 0.5) / width)
    module = import_timm("models.mlp_mixer").MlpMixer(
        img_size=tuple(image),
        patch_size=patch,
        in_chans=in_channels,
        embed_dim=width,
        mlp_ratio=ratios,
        num_blocks=blocks,
        num_classes=classes,
    )
    shapes = {name: value.shape for name, value in module.state_dict().items()}

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        # timm embeds patches by a convolution, whose filters are our rows.
        pairs = zip(shapes.items(), weights.values(), strict=True)
        return {name: value.view(shape) for (name, shape), value in pairs}

    return with_our_weights(module.double(), translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    model = import_timm("models").create_model("mixer_s16_224")
    return "small-16", model, {"x": torch.randn(2, 3, 224, 224, generator=generator)}
