"""Peer of the time-conditioned U-Net: `UNet2DModel` of diffusers, with a code of the time in double precision."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "three-levels": {"channels": 2, "width": 6, "multipliers": [1, 2, 3], "groups": 3, "H": 8, "W": 12},
    "two-blocks": {"blocks": 2, "attention": [0], "groups": 4},
    "no-attention": {"attention": []},
}


def peer(
    *, channels: int, width: int, multipliers: Sequence[int], blocks: int, attention: Sequence[int], groups: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; its own code of the time is in single precision, and replaced."""
    import_torchvision()  # diffusers imports it, though not for this model
    from diffusers import UNet2DModel

    kinds = ["Attn" if level in attention else "" for level in range(len(multipliers))]
    module = UNet2DModel(
        in_channels=channels,
        out_channels=channels,
        block_out_channels=[width * multiplier for multiplier in multipliers],
        layers_per_block=blocks,
        down_block_types=[f"{kind}DownBlock2D" for kind in kinds],
        up_block_types=[f"{kind}UpBlock2D" for kind in reversed(kinds)],
        attention_head_dim=None,
        downsample_padding=0,
        norm_num_groups=groups,
        norm_eps=1e-6,
    ).double()
    module.time_proj = TimeCode(width // 2)

    def theirs(weights: dict[str, Tensor], x: Tensor, t: Tensor) -> Tensor:
        return torch.func.functional_call(module, translated(weights, len(multipliers)), (x, t)).sample

    return theirs


class TimeCode(nn.Module):
    """Sines, and after them cosines, of the time, from complex numbers on the unit circle."""

    def __init__(self, half: int) -> None:
        super().__init__()
        self.frequencies = 1e4 ** -torch.linspace(0, 1, half, dtype=torch.float64)

    def forward(self, t: Tensor) -> Tensor:
        """Return the code `[B, U]` of times `[B]`."""
        turns = torch.outer(t.double(), self.frequencies)
        code = torch.polar(torch.ones_like(turns), turns)
        return torch.cat([code.imag, code.real], 1)


def translated(weights: dict[str, Tensor], levels: int) -> dict[str, Tensor]:
    """Return our weights under the names of diffusers, with separate query, key and value."""
    places = {"time_embedding.0": "time_embedding.linear_1", "time_embedding.2": "time_embedding.linear_2"}
    places |= {"stem": "conv_in", "head.0": "conv_norm_out", "head.2": "conv_out"}
    for way, between, theirs, scaler in (
        ("down", "downsample", "down_blocks", "downsamplers"),
        ("up", "upsample", "up_blocks", "upsamplers"),
    ):
        for level in range(levels):
            places[f"{way}.{level}"] = f"{theirs}.{level}"
            places[f"{between}.{level}.1"] = f"{theirs}.{level}.{scaler}.0.conv"
    named = {}
    for name, value in weights.items():
        ours = next((place for place in places if name.startswith(f"{place}.")), "")
        rest = name.removeprefix(f"{ours}.")
        if ours.startswith(("down.", "up.")):
            named |= _step(places[ours], rest, value)
        elif name.startswith("middle."):
            named |= _step("mid_block", name.removeprefix("middle."), value)
        else:
            named[f"{places[ours]}.{rest}"] = value
    return named


def _step(block: str, name: str, value: Tensor) -> dict[str, Tensor]:
    """Return one of our tensors of a residual block, or of the attention after it, under their names."""
    number, part, layer, *rest = name.split(".")
    if part == "block":
        called = {"time": "time_emb_proj", "shortcut": "conv_shortcut"}.get(layer, layer.replace("_", ""))
        return {f"{block}.resnets.{number}.{called}.{rest[0]}": value}
    place, kind = f"{block}.attentions.{number}", rest[0]
    if layer == "norm":
        return {f"{place}.group_norm.{kind}": value}
    value = value.flatten(1) if kind == "weight" else value  # a convolution of one pixel is a linear layer
    if layer == "output":
        return {f"{place}.to_out.0.{kind}": value}
    return {f"{place}.to_{which}.{kind}": third for which, third in zip("qkv", value.chunk(3), strict=True)}
