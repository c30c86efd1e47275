"""Parts of torchvision's Swin Transformer, and our weights by their names."""

from importlib import import_module
from types import ModuleType

import torch
from torch import Tensor, nn

from implementations.peers.torchvision_models import import_torchvision


def import_swin() -> ModuleType:
    """Import the library's module of the Swin Transformer."""
    import_torchvision()
    return import_module("torchvision.models.swin_transformer")


def attention(width: int, heads: int, window: int, shifted: bool) -> nn.Module:
    """Return the library's attention within windows."""
    shift = window // 2 if shifted else 0
    return import_swin().ShiftedWindowAttention(width, [window, window], [shift, shift], heads)


def attention_weights(weights: dict[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """Return our weights of attention by the library's names; it has queries, keys and values in one matrix."""
    named = {"relative_position_bias_table": weights[f"{prefix}bias.table"].flatten(1).T}
    for part in ("weight", "bias"):
        named[f"qkv.{part}"] = torch.cat([weights[f"{prefix}{name}.{part}"] for name in ("query", "key", "value")])
        named[f"proj.{part}"] = weights[f"{prefix}output.{part}"]
    return named
