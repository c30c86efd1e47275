"""Peer of patch merging: torchvision's."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_swin import import_swin

SIZES = {"wide": {"width": 5, "H": 3, "W": 6}}


def peer(*, width: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, which have the same names."""
    return with_our_weights(import_swin().PatchMerging(width).double(), dict)
