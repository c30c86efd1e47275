"""Sliding-window attention: every position attends to those at most so many steps away.

Source: Beltagy, Peters & Cohan 2020, sec. 3.1 (beltagy2020longformer).

Equations:
    y_t = sum over s of softmax_s(q_t . k_s / sqrt(d)) v_s,   |s - t| <= r

Shapes: any leading axes, T positions, d features of queries and keys, W = 2 r + 1 positions of a window.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


def windows(x: Tensor, reach: int) -> Tensor:
    """Return what each position sees, `[..., T, d, W]`; there are zeros beyond both ends."""
    return F.pad(x, (0, 0, reach, reach)).unfold(-2, 2 * reach + 1, 1)


def seen(length: int, reach: int, first: int = 0) -> Tensor:
    """Return which places of the windows are positions of the sequence, from the first one on that counts, `[T, W]`."""
    positions = torch.arange(length)[:, None] + torch.arange(-reach, reach + 1)
    return (positions >= first) & (positions < length)


class SlidingWindowAttention(nn.Module):
    """Scaled dot-product attention within windows; its cost is in proportion to the length.

    Args:
        reach: Number r of positions that are seen to either side.

    Example:
        >>> q = k = torch.zeros(1, 4, 2)
        >>> SlidingWindowAttention(reach=1)(q, k, torch.arange(4.0).view(1, 4, 1)).flatten()
        tensor([0.5000, 1.0000, 2.0000, 2.5000])
    """

    @checked_arguments(reach=0)
    def __init__(self, *, reach: int = 1) -> None:
        super().__init__()
        self.reach = reach

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Return one mixture of values for every position, `[..., T, d_v]`."""
        scores = torch.einsum("...d,...dw->...w", q, windows(k, self.reach)) / q.shape[-1] ** 0.5
        outside = ~seen(q.shape[-2], self.reach).to(q.device)
        weights = scores.masked_fill(outside, -torch.inf).softmax(-1)
        return torch.einsum("...w,...dw->...d", weights, windows(v, self.reach))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random queries, keys and values."""
        return {name: torch.randn(B, T, 4, generator=generator) for name in ("q", "k", "v")}
