"""Non-maximum suppression: of boxes that overlap much, only the one with the best score is kept.

Source: Ren et al. 2015, sec. 3.3 (ren2015faster).

Equations:
    boxes in the order of their scores: 1, 2, ...
    k_j = 1 if there is no i < j with k_i = 1 and IoU(b_i, b_j) > t, else 0

Shapes: B images, N boxes.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from implementations.concepts.decoding.intersection_over_union import shared_and_union
from kb.guards import checked_arguments


class NonMaximumSuppression(nn.Module):
    """A greedy choice among the boxes of every image.

    Args:
        threshold: Overlap t; a box is dropped that overlaps more with a better one that is kept.

    Example:
        >>> boxes = torch.tensor([[[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0], [5.0, 0.0, 9.0, 4.0]]])
        >>> NonMaximumSuppression()(boxes, torch.tensor([[0.8, 0.9, 0.1]]))
        tensor([[False,  True,  True]])
    """

    @checked_arguments(threshold=(0, 1))
    def __init__(self, *, threshold: float = 0.5) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, boxes: Float[Tensor, "B N 4"], scores: Float[Tensor, "B N"]) -> Bool[Tensor, "B N"]:
        """Return which boxes are kept; each is given by two opposite corners."""
        order = scores.argsort(dim=1, descending=True, stable=True)
        ranked = boxes.gather(1, order[..., None].expand(-1, -1, 4))
        shared, union = shared_and_union(ranked[:, :, None], ranked[:, None])
        rivals = (shared > self.threshold * union).triu(1)  # [B, N, N], of each box the worse ones that it drops
        kept = torch.ones_like(order, dtype=torch.bool)
        for place in range(boxes.shape[1]):
            kept = kept & ~(kept[:, place, None] & rivals[:, place])
        return torch.zeros_like(kept).scatter(1, order, kept)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, N: int = 8) -> dict[str, Tensor]:
        """Return random boxes that overlap; one is empty."""
        corner = torch.rand(B, N, 2, generator=generator)
        boxes = torch.cat([corner, corner + 0.3 + torch.rand(B, N, 2, generator=generator)], 2)
        boxes[:, 0, 2:] = boxes[:, 0, :2]
        return {"boxes": boxes, "scores": torch.randn(B, N, generator=generator)}
