"""Exact checks of non-maximum suppression."""

import torch
from torch import Tensor

from implementations.concepts.decoding.intersection_over_union import IntersectionOverUnion
from implementations.concepts.decoding.non_maximum_suppression import NonMaximumSuppression

BOXES = 40


def one_after_another(generator: torch.Generator) -> float:
    """Return the share of boxes that a loop decides otherwise, which takes the best and removes its rivals."""
    wrong = 0
    for threshold in (0.0, 0.3, 0.7):
        boxes, scores = _examples(generator)
        found = NonMaximumSuppression(threshold=threshold)(boxes[None], scores[None])[0]
        left, expected = set(range(BOXES)), set()
        while left:
            best = max(left, key=lambda number: float(scores[number]))
            expected.add(best)
            left = {each for each in left - {best} if _overlap(boxes[best], boxes[each]) <= threshold}
        wrong += len(expected ^ set(found.nonzero()[:, 0].tolist()))
    return wrong / (3 * BOXES)


def every_loss_has_a_better_rival(generator: torch.Generator) -> float:
    """Return the share of boxes for which it is not the same: to be dropped, and to overlap with a better kept box."""
    boxes, scores = _examples(generator)
    kept = NonMaximumSuppression()(boxes[None], scores[None])[0].tolist()
    wrong = 0
    for number in range(BOXES):
        better = [each for each in range(BOXES) if kept[each] and scores[each] > scores[number]]
        wrong += kept[number] == any(_overlap(boxes[each], boxes[number]) > 0.5 for each in better)
    return wrong / BOXES


def all_are_kept_at_a_threshold_of_one(generator: torch.Generator) -> float:
    """Return the share of boxes that are dropped where no overlap exceeds the threshold; one box is there twice."""
    boxes, scores = _examples(generator)
    boxes[1] = boxes[0]
    return 1 - float(NonMaximumSuppression(threshold=1.0)(boxes[None], scores[None]).double().mean())


def _overlap(first: Tensor, second: Tensor) -> float:
    return float(IntersectionOverUnion()(first[None], second[None]))


def _examples(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return boxes many of which overlap, and scores that all differ."""
    corner = 4 * torch.rand(BOXES, 2, generator=generator, dtype=torch.float64)
    size = 0.5 + 2 * torch.rand(BOXES, 2, generator=generator, dtype=torch.float64)
    scores = torch.randperm(BOXES, generator=generator).double()
    return torch.cat([corner, corner + size], 1), scores
