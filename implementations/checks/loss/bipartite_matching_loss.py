"""Exact checks of the bipartite matching loss."""

from itertools import permutations

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.loss.bipartite_matching_loss import (
    BipartiteMatchingLoss,
    assignment,
    box_distance,
    generalised_overlap,
)


def order_has_no_effect(generator: torch.Generator) -> float:
    """Return by how much the loss changes when objects, and predictions, are permuted."""
    inputs = _images(generator)
    loss = BipartiteMatchingLoss()
    predictions, objects = torch.randperm(5, generator=generator), torch.tensor([2, 0, 1])
    permuted = {
        name: value[:, predictions if name in ("logits", "boxes") else objects] for name, value in inputs.items()
    }
    return difference(loss(**permuted), loss(**inputs))


def the_best_of_all_matchings(generator: torch.Generator) -> float:
    """Return the difference to the loss of the cheapest of all 60 matchings of 3 objects with 5 predictions."""
    inputs = _images(generator)
    expected = []
    for logits, boxes, labels, objects in zip(*inputs.values(), strict=True):
        probabilities = logits.softmax(1)
        found = []
        for chosen in permutations(range(5), 3):
            cost = loss = torch.zeros((), dtype=torch.float64)
            for i, j in enumerate(chosen):
                distance = box_distance(objects[i], boxes[j])
                cost = cost + distance - probabilities[j, labels[i]]
                loss = loss + distance - probabilities[j, labels[i]].log()
            for j in set(range(5)) - set(chosen):
                loss = loss - probabilities[j, -1].log() / 10
            found.append((float(cost), float(loss)))
        expected.append(min(found)[1])
    return difference(BipartiteMatchingLoss()(**inputs), torch.tensor(expected, dtype=torch.float64))


def many_are_matched(generator: torch.Generator) -> float:
    """Return the difference of the least cost from that of scipy, of 12 objects and 12 to 20 predictions."""
    found, expected = [], []
    for columns in (12, 13, 20):
        costs = torch.randn(12, columns, generator=generator, dtype=torch.float64)
        chosen = assignment(costs.tolist())
        found.append(sum(costs[row, column] for row, column in enumerate(chosen)) if len(set(chosen)) == 12 else None)
        expected.append(costs.numpy()[linear_sum_assignment(costs.numpy())].sum())
    return difference(torch.tensor(found), torch.tensor(expected))


def overlap_of_pixels(generator: torch.Generator) -> float:
    """Return the difference of the generalised overlap from that counted in unit squares of a grid."""
    expected, found = [], []
    for _ in range(8):
        corners = [torch.randint(0, 8, (2, 2), generator=generator) for _ in range(2)]
        boxes = [(each.min(0).values, each.max(0).values + 1) for each in corners]
        first, second = (_squares(low, high) for low, high in boxes)
        hull = _squares(torch.minimum(boxes[0][0], boxes[1][0]), torch.maximum(boxes[0][1], boxes[1][1]))
        shared, union = len(first & second), len(first | second)
        expected.append(shared / union - (len(hull) - union) / len(hull))
        found.append(generalised_overlap(*(torch.cat(box).double() for box in boxes)))
    return difference(torch.stack(found), torch.tensor(expected, dtype=torch.float64))


def _squares(low: Tensor, high: Tensor) -> set[tuple[int, int]]:
    return {(x, y) for x in range(int(low[0]), int(high[0])) for y in range(int(low[1]), int(high[1]))}


def _images(generator: torch.Generator) -> dict[str, Tensor]:
    """Return five predictions and three objects of two images."""
    return {
        "logits": torch.randn(2, 5, 4, generator=generator, dtype=torch.float64),
        "boxes": 0.1 + 0.8 * torch.rand(2, 5, 4, generator=generator, dtype=torch.float64),
        "labels": torch.randint(0, 3, (2, 3), generator=generator),
        "objects": 0.1 + 0.8 * torch.rand(2, 3, 4, generator=generator, dtype=torch.float64),
    }
