"""Rules on origins: what introduced an entry came first, and nothing is built of what was not there yet."""

from __future__ import annotations

from collections.abc import Iterator

from kb.base import Base
from kb.problems import Problem
from kb.schema import DEFAULT_VARIANT, Architecture
from kb.schema.common import Invention


def what_introduced_it_came_first(base: Base) -> Iterator[Problem]:
    """The paper of `introduced_by` is no younger than those that named, analysed or popularised, and none of them."""
    for entry in base.values():
        if not isinstance(entry, Invention) or entry.introduced_by not in base.papers:
            continue
        first = base.papers[entry.introduced_by]
        for field in ("named_by", "analysed_by", "popularised_by"):
            for index, paper in enumerate(getattr(entry, field)):
                later = base.papers.get(paper)
                if paper == first.id:
                    message = f"{paper!r} introduced it: leave it out here, as the first to publish comes with the rest"
                    yield base.problem(entry.id, (field, index), message)
                elif later and later.published < first.published:
                    message = (
                        f"{paper!r} is of {later.published} and {first.id!r}, which introduced it, of "
                        f"{first.published}: name the first to publish it in `introduced_by`"
                    )
                    yield base.problem(entry.id, (field, index), message)


def parts_are_older_than_the_whole(base: Base) -> Iterator[Problem]:
    """A part of the default variant was there when the architecture was, or a deviation names it.

    That our implementation has rectified linear units where the paper has hyperbolic tangents is a deviation; that a
    network of 2012 has a component of 2014 is a mistake in one of the two years.
    """
    for entry in base.architectures.values():
        for index, part in enumerate(entry.parts):
            component = base.concepts.get(part.component)
            if (part.variants and DEFAULT_VARIANT not in part.variants) or not (component and component.year):
                continue
            if (
                entry.year
                and component.year > entry.year
                and not _is_deviation(entry, (component.name, *component.aliases))
            ):
                message = (
                    f"{component.id!r} is of {component.year}, {entry.id!r} of {entry.year}: correct the origin of one "
                    f"of them, or name it in `ours` of a deviation, as in '{component.name.lower()}'"
                )
                yield base.problem(entry.id, ("parts", index, "component"), message)


def _is_deviation(entry: Architecture, names: tuple[str, ...]) -> bool:
    """Whether a deviation says that ours has it."""
    ours = [deviation.ours.casefold() for deviation in entry.deviations]
    return any(name.casefold() in text for name in names for text in ours)
