"""Peer of shifted-window attention: torchvision's."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_swin import attention, attention_weights

SIZES = {
    "wide": {"width": 9, "heads": 3, "window": 3, "H": 8, "W": 3},
    "at-rest": {"width": 4, "heads": 1, "window": 2, "shifted": False},
}


def peer(*, width: int, heads: int, window: int, shifted: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    return with_our_weights(attention(width, heads, window, shifted).double(), attention_weights)
