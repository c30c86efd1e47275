"""Peer of the component: timm's module, whose dense layers are convolutions of one pixel."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.timm_models import import_timm

SIZES = {"odd": {"channels": 5, "hidden": 3}}


def peer(*, channels: int, hidden: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = import_timm("layers").SEModule(channels, rd_channels=hidden).double()
    shapes = {name: value.shape for name, value in module.state_dict().items()}

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        pairs = zip(shapes.items(), weights.values(), strict=True)
        return torch.func.functional_call(module, {name: value.view(shape) for (name, shape), value in pairs}, (x,))

    return theirs
