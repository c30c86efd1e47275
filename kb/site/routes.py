"""Where an entry stands on the reading paths: the step before it and the one after."""

from __future__ import annotations

from dataclasses import dataclass

from kb.knowledge_base import KnowledgeBase
from kb.schema import ReadingPath


@dataclass(frozen=True)
class Stop:
    """An entry's place on a path; the neighbours are ids of entries."""

    path: ReadingPath
    section: str
    number: int
    total: int
    before: str | None
    after: str | None


def stops(base: KnowledgeBase, entry_id: str) -> list[Stop]:
    """Return the place of an entry on every path that it is a step of, the first one where it is several."""
    found = []
    for path in base.paths.values():
        steps = [(section.name, str(step.entry)) for section in path.sections for step in section.steps]
        ids = [step for _, step in steps]
        if entry_id in ids:
            place = ids.index(entry_id)
            before = ids[place - 1] if place else None
            after = ids[place + 1] if place + 1 < len(ids) else None
            found.append(Stop(path, steps[place][0], place + 1, len(ids), before, after))
    return found
