"""Measuring: the only part of the library that runs implementations. torch is imported with the first measurement.

`pending` tells what is stale from digests alone, so that a run with nothing to do ends at once. `run` spreads entries
over processes and writes each one's evidence as soon as it is complete: an interrupt loses only what is under way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from kb import evidence
from kb.base import KnowledgeBase
from kb.evidence import Evidence

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
    base: KnowledgeBase,
    ids: Iterable[str],
    progress: Progress = lambda entry, step: None,
    jobs: int | None = None,
) -> Iterator[tuple[str, Evidence]]:
    """Measure entries, and write the evidence of each as soon as it is complete.

    Args:
        base: The knowledge base.
        ids: What to measure, as `pending` returns it.
        progress: Told of every step; with several processes only of entries that are done.
        jobs: Processes; default one for each core. One process measures in this one.

    Yields:
        Id and evidence, after the file has been written.

    Raises:
        ImportError: torch, or another library that the implementations need, is not installed.
    """
    waiting = [base[entry_id].id for entry_id in ids]
    if not waiting:
        return
    jobs = min(jobs or os.cpu_count() or 1, len(waiting))
    results = _in_processes(base, waiting, jobs) if jobs > 1 else _in_this_process(base, waiting, progress)
    for entry_id, record in results:
        evidence.write(base.evidence_file(entry_id), record)
        progress(entry_id, "done")
        yield entry_id, record


def _in_this_process(base: KnowledgeBase, ids: list[str], progress: Progress) -> Iterator[tuple[str, Evidence]]:
    make_importable(base.code_root)
    from kb.verify.measure import measure

    for entry_id in ids:
        yield entry_id, measure(base, base[entry_id], progress)


def _in_processes(base: KnowledgeBase, ids: list[str], jobs: int) -> Iterator[tuple[str, Evidence]]:
    """Measure entries side by side, those with most to do first."""
    ids = sorted(ids, key=lambda entry_id: -len(getattr(base[entry_id], "all_variants", ())))
    context = get_context("spawn")  # a forked process must not inherit torch's threads
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(base.root,)) as pool:
        futures: dict[Future[Evidence], str] = {pool.submit(_measure_in_worker, entry_id): entry_id for entry_id in ids}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


_worker_base: KnowledgeBase | None = None


def _start_worker(root: Path) -> None:
    global _worker_base
    from kb.checking import load

    _worker_base = load(root)
    make_importable(_worker_base.code_root)


def _measure_in_worker(entry_id: str) -> Evidence:
    from kb.verify.measure import measure

    assert _worker_base is not None
    return measure(_worker_base, _worker_base[entry_id])


def make_importable(code_root: Path) -> None:
    """Put the folder that holds `implementations` on the import path."""
    if str(code_root) not in sys.path:
        sys.path.insert(0, str(code_root))
