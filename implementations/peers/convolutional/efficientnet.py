"""Peer of EfficientNet: timm's, with our stages."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {
    "odd": {"stages": [[1, 5, 8, 2, 1], [3, 3, 16, 2, 2], [2, 3, 5, 1, 1]], "stem": 6, "last": 9, "reduction": 2},
    "scaled": {"stages": [[1, 3, 16, 1, 1], [2, 5, 24, 2, 2]], "stem": 16, "width": 1.2, "depth": 1.4, "divisor": 8},
}


def peer(
    *,
    stages: Sequence[Sequence[int]],
    stem: int,
    last: int,
    width: float,
    depth: float,
    reduction: int,
    divisor: int,
    in_channels: int,
    classes: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; its excitations are 1x1 convolutions.

    It rounds the channels inside of a block to multiples of eight, which those here are.
    """
    builder, models = import_timm("models._efficientnet_builder"), import_timm("models.efficientnet")
    layout = [
        [f"{'ir' if t > 1 else 'ds'}_r{blocks}_k{size}_s{stride}_e{t}_c{channels}_se{1 / reduction}"]
        for t, size, channels, blocks, stride in stages
    ]
    channels = partial(builder.round_channels, multiplier=width, divisor=divisor)
    module = models.EfficientNet(
        block_args=builder.decode_arch_def(layout, depth),
        num_features=channels(last),
        stem_size=stem,
        round_chs_fn=channels,
        act_layer=nn.SiLU,
        in_chans=in_channels,
        num_classes=classes,
    )
    shapes = {name: value.shape for name, value in module.state_dict().items()}

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        pairs = zip(shapes.items(), weights.values(), strict=True)
        return {name: value if value.shape == shape else value.view(shape) for (name, shape), value in pairs}

    return with_our_weights(module.double(), translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    model = import_timm("models").create_model("efficientnet_b0")
    return "b0", model, {"x": torch.randn(2, 3, 160, 160, generator=generator)}
