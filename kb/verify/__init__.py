"""Measuring: the only part of the library that runs implementations. torch is imported with the first measurement.

`pending` tells what is stale from digests alone, so that a run with nothing to do ends at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator

from kb import evidence
from kb.base import KnowledgeBase
from kb.evidence import Evidence
from kb.problems import NoSuchEntryError

Progress = Callable[[str, str], None]
"""Called with an entry's id and with what is being measured of it."""


def pending(base: KnowledgeBase, ids: Iterable[str] = (), *, everything: bool = False) -> list[str]:
    """Return the ids that need measuring, in order, without running anything.

    Args:
        base: The knowledge base.
        ids: Entries to look at; none means all.
        everything: Measure again what is up to date too.

    Raises:
        NoSuchEntryError: An id is unknown.
        ValueError: There is nothing to measure about an entry.
    """
    chosen = [base[entry_id] for entry_id in ids]
    for entry in chosen:
        if not evidence.needs_evidence(entry):
            raise ValueError(f"{entry.id} is a {entry.kind} with nothing to measure")
    candidates = chosen or [entry for entry in base.values() if evidence.needs_evidence(entry)]
    return [entry.id for entry in candidates if everything or entry.id not in base.evidence or base.is_stale(entry.id)]


def run(
    base: KnowledgeBase, ids: Iterable[str], progress: Progress = lambda entry, step: None
) -> Iterator[tuple[str, Evidence]]:
    """Measure entries one after the other, and write each one's evidence as soon as it is complete.

    Args:
        base: The knowledge base.
        ids: What to measure, as `pending` returns it.
        progress: Told of every step.

    Yields:
        Id and evidence, after the file has been written: an interrupt loses only the entry under way.

    Raises:
        ImportError: torch, or another library that the implementations need, is not installed.
    """
    if str(base.code_root) not in sys.path:
        sys.path.insert(0, str(base.code_root))
    from kb.verify.measure import measure

    for entry_id in ids:
        if entry_id not in base:
            raise NoSuchEntryError(entry_id, base)
        record = measure(base, base[entry_id], progress)
        evidence.write(base.evidence_file(entry_id), record)
        yield entry_id, record
