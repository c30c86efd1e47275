"""Shifted-window attention: multi-head attention within windows that tile an image, shifted by half a window or not.

Source: Liu et al. 2021, "Swin Transformer: hierarchical vision Transformer using shifted windows", sec. 3.2
(liu2021swin).

Equations:
    y_i = W_O concat over heads of sum over j in window(i) of softmax_j(q_i . k_j / sqrt(d) + B[i - j]) v_j
    shifted by s = floor(M / 2): window boundaries at s, s + M, ..., so that those at the border are smaller

Shapes: B examples, H rows, W columns, D width, n windows of T = M^2 positions, h heads.
"""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.position_code.window_position_bias import RelativePositionBias
from kb.guards import checked_arguments


def partitioned(x: Shaped[Tensor, "B H W D"], window: int) -> Shaped[Tensor, "B n T D"]:
    """Return the windows that tile a map, row after row, and so their positions."""
    return x.unflatten(2, (-1, window)).unflatten(1, (-1, window)).transpose(2, 3).flatten(3, 4).flatten(1, 2)


def joined(x: Float[Tensor, "B n T D"], window: int, across: int) -> Float[Tensor, "B H W D"]:
    """Return the map that windows tile, so many of them across: the inverse of `partitioned`."""
    return x.unflatten(2, (-1, window)).unflatten(1, (-1, across)).transpose(2, 3).flatten(3, 4).flatten(1, 2)


class ShiftedWindowAttention(nn.Module):
    """Attention of every position to those in its window; the cost is in proportion to the number of positions.

    Args:
        width: Width D.
        heads: Number h of heads; must divide the width.
        window: Rows M of a window, and columns.
        shifted: Whether windows are shifted by half a window, downwards and to the right.

    Raises:
        ValueError: The heads do not divide the width.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8, heads: int = 2, window: int = 2, shifted: bool = True) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        self.heads, self.window, self.shift = heads, window, window // 2 if shifted else 0
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.bias = RelativePositionBias(heads=heads, window=window)

    def forward(self, x: Float[Tensor, "B H W D"]) -> Float[Tensor, "B H W D"]:
        """Return the result of attention at every position; zeros below and to the right complete the last windows."""
        height, width = x.shape[1:3]
        x = F.pad(x, (0, 0, 0, -width % self.window, 0, -height % self.window))
        shifts = tuple(self.shift if size > self.window else 0 for size in x.shape[1:3])  # one window has no neighbour
        back = tuple(-shift for shift in shifts)
        tiles = partitioned(x.roll(back, (1, 2)), self.window)
        q, k, v = (
            project(tiles).unflatten(-1, (self.heads, -1)).transpose(2, 3)  # [B, n, h, T, D / h]
            for project in (self.query, self.key, self.value)
        )
        scores = self.bias(q @ k.mT / q.shape[-1] ** 0.5)
        weights = scores.masked_fill(self.apart(x, shifts), -torch.inf).softmax(-1)
        mixed = self.output((weights @ v).transpose(2, 3).flatten(3))  # [B, n, T, D]
        return joined(mixed, self.window, x.shape[2] // self.window).roll(shifts, (1, 2))[:, :height, :width]

    def apart(self, x: Tensor, shifts: tuple[int, int]) -> Tensor:
        """Return which positions of a window are from opposite borders of the map, `[1, n, 1, T, T]`.

        The map is shifted the other way around, as a ring; what comes round is in the last windows, and must not be
        mixed with what was there.
        """
        down, right = (torch.arange(x.shape[axis], device=x.device) < shifts[axis - 1] for axis in (1, 2))
        region = (2 * down[:, None] + right)[None, ..., None]  # [1, H, W, 1]
        tiles = partitioned(region.roll([-shift for shift in shifts], (1, 2)), self.window)  # [1, n, T, 1]
        return (tiles != tiles.mT)[:, :, None]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 5) -> dict[str, Tensor]:
        """Return a random map whose last windows are incomplete."""
        return {"x": torch.randn(B, H, W, self.query.in_features, generator=generator)}
