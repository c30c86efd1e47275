"""Piles: boxes that are drawn on each other, because one follows the other with nothing between."""

from __future__ import annotations

from collections.abc import Sequence

from kb.evidence.record import Picture
from kb.pictures.naming import Label, Namer

SHARE_OF_SIGNS = 0.5
"""Of a picture whose boxes are mostly functions: it is a cell, and reads from left to right."""


def reads_down(labels: Sequence[Label]) -> bool:
    """Whether a picture reads from top to bottom: one of modules does, and a cell of functions to the right."""
    inner = [label for label in labels if label.look not in ("in", "out", "weight")]
    return sum(label.look == "sign" for label in inner) < SHARE_OF_SIGNS * len(inner)


def piles(picture: Picture, labels: Sequence[Label], namer: Namer) -> list[list[int]]:
    """Return the boxes of a picture, those together that are drawn on each other, the first on top."""
    starts = [arrow.start for arrow in picture.arrows]
    ends = [arrow.end for arrow in picture.arrows]
    below: dict[int, int] = {}
    for arrow in picture.arrows:
        alone = starts.count(arrow.start) == 1 and ends.count(arrow.end) == 1
        if alone and not arrow.back and not arrow.name and _can_follow(picture, labels, namer, arrow.start, arrow.end):
            below[arrow.start] = arrow.end
    found = []
    for number in range(len(labels)):
        if number not in below.values():
            pile = [number]
            while pile[-1] in below:
                pile.append(below[pile[-1]])
            found.append(pile)
    return found


def _can_follow(picture: Picture, labels: Sequence[Label], namer: Namer, first: int, second: int) -> bool:
    one, two = picture.boxes[first], picture.boxes[second]
    plain = not (one.times or two.times or one.rounds or two.rounds) and one.frame == two.frame
    looks = ("part", "step", "sign") if reads_down(labels) else ("part", "step")
    fits = labels[first].look in ("part", "step") and labels[second].look in looks
    return plain and fits and namer.follows(labels[second].entry)
