"""Rules on equations: what is said to compute one is there in the code."""

from __future__ import annotations

from collections.abc import Iterator

from kb import links
from kb.anchors import NoSuchPlaceError, lines_of
from kb.base import Base
from kb.problems import Problem


def code_of_equations_exists(base: Base) -> Iterator[Problem]:
    """Every place that an equation names is a place in the entry's code."""
    for entry in base.values():
        link = getattr(entry, "implementation", None)
        for number, equation in enumerate(getattr(entry, "equations", ())):
            for index, place in enumerate(equation.code):
                steps = ("equations", number, "code", index)
                if link is None:
                    yield base.problem(entry.id, steps, "the entry has no implementation: link one, or drop the place")
                elif links.problem_with(base.root, link) is None:
                    yield from _problem(base, entry.id, steps, link, place)


def _problem(base: Base, entry_id: str, steps: tuple[str | int, ...], link: str, place: str) -> Iterator[Problem]:
    try:
        lines_of(base.root, link, place)
    except NoSuchPlaceError as error:
        yield base.problem(entry_id, steps, f"{error}: name what computes the equation, or drop the place")
    except links.SourceError:
        return  # of which other rules tell
