"""Intersection over union: the area that two boxes share, as a share of the area that they cover together.

Source: Ren et al. 2015, sec. 3.1.2 (ren2015faster), where anchors are compared with objects by it.

Equations:
    IoU(a, b) = |a and b| / |a or b|

Shapes: N pairs of boxes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class IntersectionOverUnion(nn.Module):
    """The overlap of pairs of boxes, each given by two opposite corners.

    Example:
        >>> IntersectionOverUnion()(torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([[1.0, 0.0, 3.0, 2.0]]))
        tensor([0.3333])
    """

    def forward(self, first: Float[Tensor, "N 4"], second: Float[Tensor, "N 4"]) -> Float[Tensor, " N"]:
        """Return the overlap of every pair."""
        shared, union = shared_and_union(first, second)
        return shared / union

    def example_inputs(self, generator: torch.Generator, *, N: int = 5) -> dict[str, Tensor]:
        """Return random boxes; those of the last pair do not meet."""
        first, second = (
            torch.cat([corner, corner + 0.2 + torch.rand(N, 2, generator=generator)], 1)
            for corner in (torch.rand(N, 2, generator=generator) for _ in range(2))
        )
        second[-1] = second[-1] + 3
        return {"first": first, "second": second}


def shared_and_union(
    first: Float[Tensor, "... 4"], second: Float[Tensor, "... 4"]
) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
    """Return the area that two boxes share, and that of both together; shapes are broadcast."""
    start, end = torch.maximum(first[..., :2], second[..., :2]), torch.minimum(first[..., 2:], second[..., 2:])
    shared = (end - start).clamp(min=0).prod(-1)
    return shared, sum((box[..., 2:] - box[..., :2]).prod(-1) for box in (first, second)) - shared
