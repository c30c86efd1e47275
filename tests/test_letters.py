"""Sizes in letters, and boxes in piles: what a picture calls a number, and what it draws on what."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kb.evidence.record import Arrow, Box, Picture
from kb.pictures.axes import UNKNOWN, Letters
from kb.pictures.piles import piles, reads_down
from kb.schema.signature import Shape
from kb.verify.picturing import _matched

RUNS = {"T": (8, 12, 8, 8), "U": (6, 6, 10, 6), "V": (5, 5, 5, 7), "one": (3, 3, 3, 3)}
"""Three letters that change alone, each in a run of its own, and one that never does."""


def run(size: Any) -> tuple[int, ...]:
    return tuple(size(*values) for values in zip(RUNS["T"], RUNS["U"], RUNS["V"], strict=True))


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (lambda t, u, v: t, "T"),
        (lambda t, u, v: 3, "3"),
        (lambda t, u, v: 2 * t, "2T"),
        (lambda t, u, v: 32 * t, "32T"),
        (lambda t, u, v: -(-t // 2), "T/2"),
        (lambda t, u, v: t + 1, "T+1"),
        (lambda t, u, v: t + 3, "T+3"),
        (lambda t, u, v: t - 1, "T−1"),
        (lambda t, u, v: t - 3, "T−3"),
        (lambda t, u, v: t * t, "T²"),
        (lambda t, u, v: t * u, "TU"),
        (lambda t, u, v: t + u, "T+U"),
        (lambda t, u, v: t + 2 * u, "T+2U"),
        (lambda t, u, v: t + 4 * u, "T+4U"),
        (lambda t, u, v: 3 * t + u, "U+3T"),
        (lambda t, u, v: 2 * t * u, "2TU"),
        (lambda t, u, v: 5 * u * u, "5UU"),
        (lambda t, u, v: t + u + 2 * v, "T+U+2V"),
        (lambda t, u, v: t + u + 3 * v, "T+U+3V"),
        (lambda t, u, v: t * u * v, "TUV"),
        (lambda t, u, v: t + u + v, "T+U+V"),
    ],
)
def test_a_size_is_the_simplest_expression_that_agrees_in_every_run(size: Any, text: str) -> None:
    assert Letters(RUNS).named(run(size)) == text


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ((100, 200, 100), "H"),
        ((98, 198, 98), "H−2"),
        ((90, 180, 90), "~H"),
        ((120, 240, 120), "~H"),
        ((121, 242, 121), UNKNOWN),
        ((45, 90, 45), "~H/2"),
        ((40, 80, 40), "~H/2"),
        ((47, 97, 47), "~H/2"),
        ((3, 5, 3), "~H/32"),
        ((2, 1, 2), UNKNOWN),
        ((90, 180, 91), UNKNOWN),  # it changes where H does not
    ],
)
def test_a_size_that_agrees_with_nothing_is_about_a_part_of_a_letter(sizes: tuple[int, ...], text: str) -> None:
    """Within a fifth, or within two pixels, as of a map whose border is cut off."""
    assert Letters({"H": (100, 200, 100)}).named(sizes) == text


def test_a_shape_is_that_of_every_run_or_of_none() -> None:
    letters = Letters({"T": (5, 7), "U": (6, 8)})
    assert letters.shape([(5, 6, 2), (7, 8, 2)]) == "T, U, 2"
    assert letters.shape([(5, 6), (7,)]) == ""
    assert letters.shape([(), ()]) == ""


class Namer:
    """Follows whatever does not begin with an underscore."""

    def follows(self, entry: str) -> bool:
        return not entry.startswith("_")


def piled(looks: str, arrows: list[Arrow], **of_second: Any) -> list[list[int]]:
    """Piles of boxes whose looks are given by letters: part, step, sign, input, output."""
    words = {"p": "part", "t": "step", "s": "sign", "i": "in", "o": "out"}
    labels = [SimpleNamespace(look=words[look], entry=f"{'_' * look.isupper()}x") for look in looks]
    boxes = [Box(what="op:x", **(of_second if number == 1 else {})) for number in range(len(looks))]
    picture = Picture(level=1, boxes=boxes, arrows=arrows, digest="")
    return piles(picture, labels, Namer())  # type: ignore[arg-type]


def test_a_box_stands_on_the_one_that_alone_follows_it() -> None:
    chain = [Arrow(start=0, end=1), Arrow(start=1, end=2)]
    assert piled("ppt", chain) == [[0, 1, 2]]
    assert piled("pps", chain) == [[0, 1, 2]], "a sign may end a pile of modules"
    assert piled("ipp", chain) == [[0], [1, 2]]
    assert piled("ppo", chain) == [[0, 1], [2]]
    assert piled("psp", chain) == [[0, 1], [2]], "nothing stands below a sign"


@pytest.mark.parametrize("second", [{"times": "2"}, {"rounds": "T"}, {"frame": 0}])
def test_what_is_repeated_or_in_another_frame_stands_alone(second: dict[str, Any]) -> None:
    assert piled("pp", [Arrow(start=0, end=1)], **second) == [[0], [1]]


@pytest.mark.parametrize("arrow", [{"back": True}, {"name": "h"}])
def test_an_arrow_that_leads_back_or_has_a_name_is_drawn(arrow: dict[str, Any]) -> None:
    assert piled("pp", [Arrow(start=0, end=1, **arrow)]) == [[0], [1]]


def test_where_arrows_part_or_meet_they_are_drawn() -> None:
    assert piled("ppp", [Arrow(start=0, end=1), Arrow(start=0, end=2)]) == [[0], [1], [2]]
    assert piled("ppp", [Arrow(start=0, end=2), Arrow(start=1, end=2)]) == [[0], [1], [2]]


@pytest.mark.parametrize(
    ("looks", "down"),
    [(["part", "sign", "part"], True), (["part", "sign"], False), (["in", "out", "sign", "part", "part"], True)],
)
def test_a_picture_reads_down_where_fewer_than_half_its_boxes_are_signs(looks: list[str], down: bool) -> None:
    assert reads_down([SimpleNamespace(look=look) for look in looks]) is down  # type: ignore[misc]


def test_a_size_is_that_of_a_letter_which_stands_alone() -> None:
    shape = Shape(("B", 3, "H/4", "W"))
    assert dict(_matched(shape, (2, 3, 5, 7))) == {"B": 2, "W": 7}
    assert dict(_matched(shape, (2, 3, 5))) == {}
