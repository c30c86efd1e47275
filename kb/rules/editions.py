"""Rules on editions: what was published once leads somewhere for ever."""

from __future__ import annotations

from collections.abc import Iterator

from kb import editions
from kb.base import Base
from kb.problems import Problem


def editions_can_be_read(base: Base) -> Iterator[Problem]:
    """Every file of an edition is one."""
    yield from editions.problems(base.root)


def ids_never_die(base: Base) -> Iterator[Problem]:
    """Every id that an edition had is the id of an entry, or one that an entry had before."""
    known = {name for entry in base.values() for name in (entry.id, *entry.formerly)}
    gone: set[str] = set()
    for edition in editions.editions(base.root):
        file = f"{editions.FOLDER}/{edition.date}.json"
        for place in edition.places:
            name = place.rpartition("/")[2]
            if name not in known | gone:
                gone.add(name)
                message = f"{name!r} was published then: name it in `formerly` of the entry that took its place"
                yield Problem(file, 0, "", message)
