"""Peer of the component: `AdaLayerNormZero` of diffusers, of whose six outputs the first three are for one branch."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.peers.torchvision_models import import_torchvision

SIZES = {"wide": {"width": 6}}


def peer(*, width: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, with a linear branch."""
    import_torchvision()  # diffusers imports it, though not for this module
    from diffusers.models.normalization import AdaLayerNormZero

    module = AdaLayerNormZero(width).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, condition: Tensor) -> Tensor:
        unused = {"weight": torch.zeros(3 * width, width), "bias": torch.zeros(3 * width)}
        named = {f"linear.{part}": torch.cat([weights[f"modulation.{part}"], unused[part]]) for part in unused}
        normed, gate, *_ = torch.func.functional_call(module, named, (x,), {"emb": condition})
        return x + gate[:, None] * F.linear(normed, weights["branch.weight"], weights["branch.bias"])

    return theirs
