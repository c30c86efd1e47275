"""Peer of relative position bias: what torchvision's attention within windows adds to its scores."""

from collections.abc import Callable

from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_swin import attention

SIZES = {"wide": {"heads": 3, "window": 3}, "one-position": {"window": 1}}


class Added(nn.Module):
    """The bias of the library's attention, added to scores."""

    def __init__(self, heads: int, window: int) -> None:
        super().__init__()
        self.attention = attention(heads, heads, window, shifted=False)

    def forward(self, scores: Tensor) -> Tensor:
        """Return the scores plus the bias."""
        return scores + self.attention.get_relative_position_bias()


def peer(*, heads: int, window: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"attention.relative_position_bias_table": weights["table"].flatten(1).T}

    return with_our_weights(Added(heads, window).double(), translated)
