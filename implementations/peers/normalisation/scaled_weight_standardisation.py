"""Peer of the component: timm's convolution with scaled weight standardisation."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {"grouped": {"in_channels": 4, "out_channels": 6, "kernel_size": 5, "stride": 2, "groups": 2, "epsilon": 0.01}}


def peer(
    *, in_channels: int, out_channels: int, kernel_size: int, stride: int, groups: int, epsilon: float
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    layer = import_timm("layers").ScaledStdConv2d
    return with_our_weights(layer(in_channels, out_channels, kernel_size, stride, groups=groups, eps=epsilon).double())
