"""Peer of the class token: that of timm's Vision Transformer, without position codes."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.timm_models import import_timm

SIZES = {"wide": {"width": 9}}


def peer(*, width: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    model = import_timm("models.vision_transformer").VisionTransformer(embed_dim=width, num_heads=1, depth=1).double()
    model.pos_embed = None

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        del model.cls_token
        model.cls_token = weights["token"].view(1, 1, -1)
        return model._pos_embed(x)

    return theirs
