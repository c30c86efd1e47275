"""Rules on a lecture: places are slides of it, and nothing of it is left out."""

from __future__ import annotations

from collections.abc import Iterator

from kb.base import Base
from kb.problems import Problem, suggestion
from kb.schema import Concept, Entry, ReadingPath
from kb.schema.model import Path, texts_in

MOST_LISTED = 10


def places_are_slides(base: Base) -> Iterator[Problem]:
    """A place in the lecture is a section of a path that goes through it, or one of that section's slides."""
    for entry in base.values():
        for steps, place in _places(entry):
            key, _, heading = place.partition(", ")
            sections = [section for path in base.paths.values() if (section := path.section(key))]
            slides = [slide for section in sections for slide in section.slides]
            if not sections:
                known = [section.key for path in base.paths.values() for section in path.sections if section.key]
                message = f"no path has a section {key!r}{suggestion(key, known)}: correct it"
                yield base.problem(entry.id, steps, message)
            elif heading and heading not in slides:
                message = f"{key} has no slide {heading!r}; it has {', '.join(slides) or 'none that is named'}"
                yield base.problem(entry.id, steps, message)


def _places(entry: Entry) -> Iterator[tuple[Path, str]]:
    """The places of sources and errata; other fields of the name `deck` hold numbers of an inventory."""
    for steps, text in texts_in(entry):
        if (steps[-1] == "deck" and text.startswith("S")) or (steps[0] == "errata" and steps[-1] == "at"):
            yield steps, text


def lectures_are_covered(base: Base) -> Iterator[Problem]:
    """Every item of a lecture is in a section of its path, and every claim, equation and question in an entry."""
    for path in base.paths.values():
        if path.covers:
            yield from _left_out(base, path)


def _left_out(base: Base, path: ReadingPath) -> Iterator[Problem]:
    assert path.covers is not None
    found = {
        "items": {str(item) for section in path.sections for item in section.items},
        "claims": {number for claim in base.claims.values() for number in claim.numbers},
        "equations": {
            number for entry in base.values() for each in getattr(entry, "equations", []) for number in each.deck
        },
        "questions": {number for entry in base.values() if isinstance(entry, Concept) for number in entry.deck},
    }
    for name, letter in {"items": "", "claims": "C", "equations": "E", "questions": "Q"}.items():
        expected = [f"{letter}{number}" for number in range(1, (getattr(path.covers, name) or 0) + 1)]
        missing = [number for number in expected if number not in found[name]]
        if missing:
            more = f" and {len(missing) - MOST_LISTED} more" if len(missing) > MOST_LISTED else ""
            message = f"{len(missing)} of {len(expected)} left out: {', '.join(missing[:MOST_LISTED])}{more}"
            yield base.problem(path.id, ("covers", name), message)
