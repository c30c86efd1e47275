"""Anchor boxes: around every position of a map lie boxes of a few sizes, and a network predicts how each is moved.

Source: Ren et al. 2015, sec. 3.1.1 and eq. 2 (ren2015faster), where eq. 2 is solved for the box.

Equations:
    x = x_a + t_x w_a,  y = y_a + t_y h_a        centre of the box; x_a, y_a: centre of the anchor
    w = w_a exp(t_w),  h = h_a exp(t_h)          its width and height; w_a, h_a: those of the anchor
    w_a = s / sqrt(r),  h_a = s sqrt(r)          for every side s and proportion r; corners are rounded to pixels

Shapes: B images, D channels, P x Q positions, N = A P Q boxes: A at every position.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments

LARGEST = math.log(1000 / 16)
"""The largest t_w and t_h: the exponential of what an untrained network predicts may overflow."""


class AnchorBoxes(nn.Module):
    """The boxes that predicted offsets of anchors mean.

    Args:
        sides: Sides s of the square anchors, in pixels.
        proportions: Heights of anchors, as shares of their widths.
        stride: Pixels between two positions of the map.

    Example:
        >>> AnchorBoxes(sides=[8.0], proportions=[1.0, 4.0])(torch.zeros(1, 8, 1, 2))  # centres at 0 and 4
        tensor([[[-4., -4.,  4.,  4.],
                 [-2., -8.,  2.,  8.],
                 [ 0., -4.,  8.,  4.],
                 [ 2., -8.,  6.,  8.]]])
    """

    @checked_arguments()
    def __init__(
        self, *, sides: Sequence[float] = (8.0, 12.0), proportions: Sequence[float] = (0.5, 1.0, 2.0), stride: int = 4
    ) -> None:
        super().__init__()
        self.stride = stride
        halves = [(side / math.sqrt(each) / 2, side * math.sqrt(each) / 2) for each in proportions for side in sides]
        self.halves = [(round(width), round(height)) for width, height in halves]

    @property
    def number(self) -> int:
        """Number A of anchors at a position."""
        return len(self.halves)

    def forward(self, predicted: Float[Tensor, "B D P Q"]) -> Float[Tensor, "B N 4"]:
        """Return two opposite corners of every box; D = 4 A are the offsets (x, y, width, height) of each anchor."""
        return moved(self.anchors(predicted), by_anchor(predicted, self.number))

    def anchors(self, like: Float[Tensor, "B D P Q"]) -> Float[Tensor, "N 4"]:
        """Return the anchors of a map, row by row, position by position."""
        y, x = (self.stride * torch.arange(size, device=like.device) for size in like.shape[2:])
        centres = torch.stack(torch.broadcast_tensors(x, y[:, None]), -1)[:, :, None]  # [P, Q, 1, 2]
        half = torch.tensor(self.halves, device=like.device)  # [A, 2]
        return torch.cat([centres - half, centres + half], -1).flatten(0, 2).to(like)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, P: int = 3, Q: int = 4) -> dict[str, Tensor]:
        """Return random offsets; one is so large that it is limited."""
        predicted = torch.randn(B, 4 * self.number, P, Q, generator=generator)
        predicted[0, 2, 0, 0] = 40
        return {"predicted": predicted}


def by_anchor(predicted: Float[Tensor, "B D P Q"], anchors: int) -> Float[Tensor, "B N V"]:
    """Return the V values for each anchor of a map; D = A V channels hold those of one anchor after another."""
    return predicted.unflatten(1, (anchors, -1)).flatten(3).permute(0, 3, 1, 2).flatten(1, 2)


def moved(boxes: Float[Tensor, "... 4"], offsets: Float[Tensor, "... 4"]) -> Float[Tensor, "... 4"]:
    """Return boxes, given by corners, moved and resized by offsets; shapes are broadcast."""
    size = boxes[..., 2:] - boxes[..., :2]
    centre = boxes[..., :2] + size / 2 + offsets[..., :2] * size
    half = size * offsets[..., 2:].clamp(max=LARGEST).exp() / 2
    return torch.cat([centre - half, centre + half], -1)
