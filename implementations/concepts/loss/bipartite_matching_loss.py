"""Bipartite matching loss: objects are matched with predictions, at the least cost, and then the pairs are judged.

Source: Carion et al. 2020, sec. 3.1, eq. 1 and 2 (carion2020end).

Equations:
    cost of object i and prediction j = -p_j(c_i) + L(b_i, b_j)              the matching m has the least sum of costs
    loss = sum over i of (-log p_m(i)(c_i) + L(b_i, b_m(i))) - 0.1 sum of log p_j(none) over the other predictions
    L(b, b') = 5 |b - b'|_1 + 2 (1 - GIoU(b, b'))
    GIoU = |b and b'| / |b or b'| - (|hull| - |b or b'|) / |hull|            hull: the smallest box around both

Shapes: B images, N predictions, M objects, K classes, the last of which is "no object".
"""

from math import inf

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.decoding.intersection_over_union import shared_and_union

L1_WEIGHT, OVERLAP_WEIGHT, NONE_WEIGHT = 5.0, 2.0, 0.1
FREE = -1
"""What stands for no column, and for no row."""


class BipartiteMatchingLoss(nn.Module):
    """The loss of every image.

    Raises:
        ValueError: An image has more objects than predictions.

    Example:
        >>> logits, box = torch.tensor([[[50.0, 0.0]]]), torch.tensor([[[0.5, 0.5, 0.2, 0.2]]])
        >>> BipartiteMatchingLoss()(logits, box, torch.tensor([[0]]), box)
        tensor([0.])
        >>> BipartiteMatchingLoss()(logits, box, torch.tensor([[0, 0]]), box.expand(1, 2, 4))
        Traceback (most recent call last):
        ValueError: 1 prediction(s) cannot be matched with 2 objects: at most one each
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
        if len(objects) > len(boxes):
            raise ValueError(
                f"{len(boxes)} prediction(s) cannot be matched with {len(objects)} objects: at most one each"
            )
        log_probabilities = logits.log_softmax(1)
        distances = box_distance(objects[:, None], boxes)  # [M, N]
        costs = distances - log_probabilities.exp()[:, labels].T
        chosen = torch.tensor(assignment(costs.tolist()), dtype=torch.long, device=costs.device)
        others = torch.ones_like(boxes[:, 0], dtype=torch.bool).index_fill(0, chosen, False)
        matched = distances.gather(1, chosen[:, None])[:, 0] - log_probabilities[chosen, labels]
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


def assignment(costs: list[list[float]]) -> list[int]:
    """Return a different column for each row, so that the sum of their costs is least: the Hungarian algorithm.

    Rows are added one by one. Each looks for the cheapest way to a free column, where rows on the way may move on from
    theirs. Prices of rows and columns are kept so that costs less prices are nowhere negative, and 0 where assigned.
    """
    columns = range(len(costs[0])) if costs else range(0)
    row_price, column_price = [0.0] * len(costs), [0.0] * len(columns)
    row_of, column_of = [FREE] * len(columns), [FREE] * len(costs)
    for added in range(len(costs)):
        length, came_from = [inf] * len(columns), [added] * len(columns)
        passed: list[int] = []
        row, here = added, 0.0
        while row != FREE:  # Dijkstra's search, from column to column
            for each in set(columns) - set(passed):
                through = here + costs[row][each] - row_price[row] - column_price[each]
                if through < length[each]:
                    length[each], came_from[each] = through, row
            column = min(set(columns) - set(passed), key=length.__getitem__)
            here, row = length[column], row_of[column]
            passed.append(column)
        row_price[added] += here
        for each in passed[:-1]:
            row_price[row_of[each]] += here - length[each]
            column_price[each] -= here - length[each]
        end = passed[-1]
        while end != FREE:
            moved = came_from[end]
            row_of[end], column_of[moved], end = moved, end, column_of[moved]
    return column_of


def box_distance(first: Float[Tensor, "... 4"], second: Float[Tensor, "... 4"]) -> Float[Tensor, "..."]:
    """Return L of two boxes, each given by its centre, width and height; shapes are broadcast."""
    overlap = generalised_overlap(_corners(first), _corners(second))
    return L1_WEIGHT * (first - second).abs().sum(-1) + OVERLAP_WEIGHT * (1 - overlap)


def generalised_overlap(first: Float[Tensor, "... 4"], second: Float[Tensor, "... 4"]) -> Float[Tensor, "..."]:
    """Return the generalised intersection over union of two boxes, each given by two opposite corners."""
    shared, union = shared_and_union(first, second)
    hull = (torch.maximum(first, second)[..., 2:] - torch.minimum(first, second)[..., :2]).prod(-1)
    return shared / union - (hull - union) / hull


def _corners(box: Float[Tensor, "... 4"]) -> Float[Tensor, "... 4"]:
    centre, size = box[..., :2], box[..., 2:]
    return torch.cat([centre - size / 2, centre + size / 2], -1)
