"""Peer of the conditioned U-Net: `UNet2DConditionModel` of diffusers, with a code of the time in double precision."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from implementations.peers.convolution_layer import time_conditioned_u_net
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "three-levels": {"channels": 2, "width": 6, "multipliers": [1, 2, 2], "groups": 3, "H": 8, "W": 12},
    "two-blocks": {"blocks": 2, "attention": [0, 1], "heads": 1, "condition": 5, "S": 1},
    "middle-only": {"attention": []},
}
LAYERS = {
    "norm": "norm",
    "project": "proj_in",
    "output": "proj_out",
    "hidden": "transformer_blocks.0.ff.net.0.proj",
    "mixing": "transformer_blocks.0.ff.net.2",
}
LAYERS |= {f"norm_{number}": f"transformer_blocks.0.norm{number}" for number in (1, 2, 3)}
ATTENTIONS = {"self_attention": "transformer_blocks.0.attn1", "cross_attention": "transformer_blocks.0.attn2"}
PROJECTIONS = {"query": "to_q", "key": "to_k", "value": "to_v", "output": "to_out.0"}
BLOCKS = {"down": "down_blocks", "up": "up_blocks"}


def peer(
    *,
    channels: int,
    width: int,
    multipliers: Sequence[int],
    blocks: int,
    attention: Sequence[int],
    groups: int,
    condition: int,
    heads: int,
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; its own code of the time is in single precision, and replaced."""
    import_torchvision()  # diffusers imports it, though not for this model
    from diffusers import UNet2DConditionModel

    kinds = ["CrossAttn" if level in attention else "" for level in range(len(multipliers))]
    module = UNet2DConditionModel(
        in_channels=channels,
        out_channels=channels,
        block_out_channels=[width * multiplier for multiplier in multipliers],
        layers_per_block=blocks,
        down_block_types=[f"{kind}DownBlock2D" for kind in kinds],
        up_block_types=[f"{kind}UpBlock2D" for kind in reversed(kinds)],
        cross_attention_dim=condition,
        attention_head_dim=heads,  # the library's name for the number of heads
        norm_num_groups=groups,
        norm_eps=1e-6,
    ).double()
    module.time_proj = time_conditioned_u_net.TimeCode(width // 2)

    def theirs(weights: dict[str, Tensor], x: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        named = translated(weights, len(multipliers))
        return torch.func.functional_call(module, named, (x, t, condition)).sample

    return theirs


def translated(weights: dict[str, Tensor], levels: int) -> dict[str, Tensor]:
    """Return our weights under the names of diffusers: those of attention here, others as without a condition."""
    attending = {name: value for name, value in weights.items() if ".attention." in name}
    others = {name: value for name, value in weights.items() if name not in attending}
    named = time_conditioned_u_net.translated(others, levels)
    for name, value in attending.items():
        place, layer = name.split(".attention.")
        *way, number = place.split(".")  # such as `down`, 0 and 1, or `middle` and 0
        block = "mid_block" if way == ["middle"] else f"{BLOCKS[way[0]]}.{way[1]}"
        layer, *rest = layer.split(".")
        if layer in ATTENTIONS:
            projection, kind = rest
            called = f"{ATTENTIONS[layer]}.{PROJECTIONS[projection]}"
        else:
            (kind,) = rest
            called = LAYERS[layer]
        named[f"{block}.attentions.{number}.{called}.{kind}"] = value
    return named
