"""Bipartite matching loss: objects are matched with predictions, at the least cost, and then the pairs are judged.

Source: Carion et al. 2020, sec. 3.1, eq. 1 and 2 (carion2020end).

Equations:
    cost of object i and prediction j = -p_j(c_i) + L(b_i, b_j)              the matching m has the least sum of costs
    loss = sum over i of (-log p_m(i)(c_i) + L(b_i, b_m(i))) - 0.1 sum of log p_j(none) over the other predictions
    L(b, b') = 5 |b - b'|_1 + 2 (1 - GIoU(b, b'))
    GIoU = |b and b'| / |b or b'| - (|hull| - |b or b'|) / |hull|            hull: the smallest box around both

Shapes: B images, N predictions, M objects, K classes, the last of which is "no object".
"""

import torch
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn

L1_WEIGHT, OVERLAP_WEIGHT, NONE_WEIGHT = 5.0, 2.0, 0.1


class BipartiteMatchingLoss(nn.Module):
    """The loss of every image, which has no more objects than predictions.

    Example:
        >>> logits, box = torch.tensor([[[50.0, 0.0]]]), torch.tensor([[[0.5, 0.5, 0.2, 0.2]]])
        >>> BipartiteMatchingLoss()(logits, box, torch.tensor([[0]]), box)
        tensor([0.])
    """

    def forward(
        self,
        logits: Float[Tensor, "B N K"],
        boxes: Float[Tensor, "B N 4"],
        labels: Int[Tensor, "B M"],
        objects: Float[Tensor, "B M 4"],
    ) -> Float[Tensor, " B"]:
        """Return the loss; boxes are centre, width and height, and objects of the last class are padding."""
        return torch.stack([self.of_image(*each) for each in zip(logits, boxes, labels, objects, strict=True)])

    def of_image(
        self,
        logits: Float[Tensor, "N K"],
        boxes: Float[Tensor, "N 4"],
        labels: Int[Tensor, " M"],
        objects: Float[Tensor, "M 4"],
    ) -> Float[Tensor, ""]:
        """Return the loss of one image."""
        none = logits.shape[1] - 1
        labels, objects = labels[labels != none], objects[labels != none]
        log_probabilities = logits.log_softmax(1)
        distances = box_distance(objects[:, None], boxes)  # [M, N]
        costs = distances - log_probabilities.exp()[:, labels].T
        rows, columns = (torch.as_tensor(each) for each in linear_sum_assignment(costs.detach().numpy()))
        others = torch.ones(len(logits), dtype=torch.bool).index_fill(0, columns, False)
        matched = distances[rows, columns] - log_probabilities[columns, labels[rows]]
        return matched.sum() - NONE_WEIGHT * log_probabilities[others, none].sum()

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random predictions and objects; the first image has none."""
        labels = torch.randint(0, 2, (B, 2), generator=generator)
        labels[0] = 2
        return {
            "logits": torch.randn(B, 4, 3, generator=generator),
            "boxes": 0.1 + 0.8 * torch.rand(B, 4, 4, generator=generator),
            "labels": labels,
            "objects": 0.1 + 0.8 * torch.rand(B, 2, 4, generator=generator),
        }


def box_distance(first: Float[Tensor, "... 4"], second: Float[Tensor, "... 4"]) -> Float[Tensor, "..."]:
    """Return L of two boxes, each given by its centre, width and height; shapes are broadcast."""
    overlap = generalised_overlap(_corners(first), _corners(second))
    return L1_WEIGHT * (first - second).abs().sum(-1) + OVERLAP_WEIGHT * (1 - overlap)


def generalised_overlap(first: Float[Tensor, "... 4"], second: Float[Tensor, "... 4"]) -> Float[Tensor, "..."]:
    """Return the generalised intersection over union of two boxes, each given by two opposite corners."""
    shared = (torch.minimum(first, second)[..., 2:] - torch.maximum(first, second)[..., :2]).clamp(min=0).prod(-1)
    hull = (torch.maximum(first, second)[..., 2:] - torch.minimum(first, second)[..., :2]).prod(-1)
    union = sum((box[..., 2:] - box[..., :2]).prod(-1) for box in (first, second)) - shared
    return shared / union - (hull - union) / hull


def _corners(box: Float[Tensor, "... 4"]) -> Float[Tensor, "... 4"]:
    centre, size = box[..., :2], box[..., 2:]
    return torch.cat([centre - size / 2, centre + size / 2], -1)
