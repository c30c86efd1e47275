"""Peer of the component: the same by functions of torch, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"same-width": {"in_channels": 6, "time": 3, "groups": 3}}


def peer(*, groups: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, time: Tensor) -> Tensor:
        def layer(name: str) -> tuple[Tensor, Tensor]:
            return weights[f"{name}.weight"], weights[f"{name}.bias"]

        h = F.conv2d(F.silu(F.group_norm(x, groups, *layer("norm_1"), eps=1e-6)), *layer("conv_1"), padding=1)
        h = h + F.linear(F.silu(time), *layer("time")).unflatten(1, (-1, 1, 1))
        h = F.conv2d(F.silu(F.group_norm(h, groups, *layer("norm_2"), eps=1e-6)), *layer("conv_2"), padding=1)
        return h + (F.conv2d(x, *layer("shortcut")) if "shortcut.weight" in weights else x)

    return theirs
