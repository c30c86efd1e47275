"""Measuring: the only part of the library that runs implementations. torch is imported with the first measurement.

`plan` finds from digests alone what is stale, so that a run with nothing to do ends at once. `run` spreads measurements
over the workers of any `concurrent.futures.Executor` and writes each into its entry's file as soon as it is there: an
interrupt loses only what is under way. `audit` repeats measurements and lists those that differ from the record.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from statistics import mean
from typing import Any
from zlib import crc32

from kb import evidence
from kb.base import Base
from kb.evidence import Job
from kb.schema import Architecture
from kb.verify import worker

UNDER_A_STEP = 0.05
"""Seconds of a measurement whose record rounds them to none."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one measurement.

    Args:
        job: What was to be measured.
        measurement: What was found, already written; None where it failed.
        error: Why it failed: what the code raised.
    """

    job: Job
    measurement: Any = None
    error: str = ""


def plan(
    base: Base,
    ids: Iterable[str] = (),
    *,
    everything: bool = False,
    thorough: bool = False,
    shard: tuple[int, int] = (1, 1),
) -> list[Job]:
    """Return the measurements to be made, those that took longest the last time first. Nothing is run.

    Args:
        base: The knowledge base.
        ids: Entries to look at; none means all.
        everything: Measure again what is up to date too.
        thorough: Run the larger forms of experiments too, where their files have one.
        shard: Part and number of parts, such as `(2, 5)`: each entry falls into one of them, so that machines without a
            common scheduler write different files.

    Raises:
        NoSuchEntryError: An id is unknown.
        ValueError: There is nothing to measure about an entry, or its code does not say what could be measured.
    """
    chosen = [base[entry_id] for entry_id in ids]
    for entry in chosen:
        if not evidence.links_of(entry):
            raise ValueError(f"{entry.id} is a {entry.kind} with nothing to measure")
    part, parts = shard
    entries = [entry.id for entry in chosen or base.values() if crc32(entry.id.encode()) % parts == part - 1]
    unreadable = [entry_id for entry_id in entries if _would_lose_evidence(base, entry_id)]
    if unreadable:
        message = f"the code of {', '.join(unreadable)} does not say the axes of all inputs and outputs"
        raise ValueError(f"{message}, so that what to measure is unknown: mend what `kb check` says of it first")
    found = [job for entry_id in entries for job in _due(base, entry_id, everything) if thorough or not job.optional]
    return sorted(found, key=lambda job: -(seconds(base, job) or 1e9))


def _would_lose_evidence(base: Base, entry_id: str) -> bool:
    """Whether a signature cannot be read of which traits were measured: they would look outdated, and be dropped."""
    entry, lines = base[entry_id], base.measured.get(entry_id, evidence.Lines())
    if not isinstance(entry, Architecture):
        return False
    measured = {key[2].partition("@")[0] for key in lines.measurements if key[0] == "trait"}
    return any(place in measured and not entry.signature_of(place).outputs for place in entry.places)


def _due(base: Base, entry_id: str, everything: bool) -> list[Job]:
    """Return all jobs of an entry, or those that are stale or are made on request and were never made."""
    known = base.measured.get(entry_id, evidence.Lines()).measurements
    stale = set(base.stale(entry_id))
    return [job for job in base.jobs(entry_id) if everything or job in stale or (job.optional and job.key not in known)]


def tidy(base: Base, ids: Iterable[str] = ()) -> None:
    """Drop from the evidence lines that are no measurements, or that measure what entries no longer have.

    A larger form of an experiment whose sources have changed goes too: it is run again on request only.
    """
    for entry_id in [base[name].id for name in ids] or list(base.measured):
        outdated = {job.key for job in base.stale(entry_id) if job.optional}
        needed = {job.key for job in base.jobs(entry_id)} - outdated
        lines = base.measured.get(entry_id, evidence.Lines())
        if needed and (lines.problems or lines.measurements.keys() - needed):
            evidence.tidy(base.evidence_file(entry_id), needed)


def seconds(base: Base, job: Job) -> float | None:
    """Return about how long a measurement took the last time, or None if it was never made."""
    lines = base.measured.get(job.entry)
    last = lines.measurements.get(job.key) if lines else None
    return last.seconds if last else None


def estimate(base: Base, work: Iterable[Job]) -> float:
    """Return about how many seconds of one processor some measurements will take, new ones as long as a mean one.

    A trait takes as long as its bias does elsewhere; a few probes take most of the time, so that a median would not do.
    """
    known: dict[tuple[str, ...], list[float]] = {}
    for lines in base.measured.values():
        for key, measurement in lines.measurements.items():
            known.setdefault(_sort(key), []).append(measurement.seconds or UNDER_A_STEP)
    usual = {sort: mean(values) for sort, values in known.items()}
    times = ((seconds(base, job), usual.get(_sort(job.key), 1.0)) for job in work)
    return sum(usual_one if last is None else last or UNDER_A_STEP for last, usual_one in times)


def _sort(key: tuple[str, ...]) -> tuple[str, ...]:
    return key[:2] if key[0] == "trait" else key[:1]


def run(base: Base, work: Iterable[Job], executor: Executor | None = None) -> Iterator[Outcome]:
    """Make measurements, and write each as soon as it is there.

    Args:
        base: The knowledge base.
        work: What to measure, as `plan` returns it.
        executor: Where to measure: a pool of processes (see `kb.verify.pool`), a Dask client's `get_executor()`, one of
            `executorlib`'s for Slurm or Flux, or any other. Its workers load the knowledge base from its folder by
            themselves. Without one, everything is measured here, one after the other.

    Yields:
        The outcome of each measurement, after its file has been written. Code that raises an error is such an outcome
        too, and the others go on.

    Raises:
        ImportError: torch, or another library that the implementations need, is not installed.
        BrokenExecutor: A worker was ended from outside. What was yielded before is kept.
    """
    listed = list(work)
    for job, found in _results(base, listed, executor):
        if isinstance(found, str):
            yield Outcome(job, error=found)
        else:
            needed = {other.key for other in base.jobs(job.entry)}
            evidence.keep(base.evidence_file(job.entry), found, needed)
            yield Outcome(job, found)


def _results(base: Base, work: list[Job], executor: Executor | None) -> Iterator[tuple[Job, Any]]:
    """Yield what each job gave: a measurement, or what went wrong."""
    if executor is None:
        yield from ((job, worker.measure_in(base, job)) for job in work)
        return
    futures: dict[Future[Any], Job] = {executor.submit(worker.measure, str(base.root), job): job for job in work}
    try:
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
    finally:
        for future in futures:
            future.cancel()


def chosen_at_random(base: Base, number: str, seed: str, ids: Iterable[str] = ()) -> list[Job]:
    """Return some of the measurements that are recorded and not stale, those that took longest first.

    Args:
        base: The knowledge base.
        number: How many, or a share of all such as `5%`.
        seed: What the choice depends on.
        ids: Entries to choose from; none means all.

    Raises:
        ValueError: The number is not of that form.
    """
    entries = [base[entry_id].id for entry_id in ids] or sorted(base.measured)
    current = [
        job
        for entry_id in entries
        for job in sorted(set(base.jobs(entry_id)) - set(base.stale(entry_id)), key=str)
        if not job.optional
    ]
    digits = number.removesuffix("%")
    if not digits.isdecimal():
        raise ValueError(f"expected a number of measurements such as 20, or a share such as 5%; came {number!r}")
    needed = math.ceil(len(current) * int(digits) / 100) if number.endswith("%") else int(digits)
    chosen = random.Random(seed).sample(current, min(needed, len(current)))
    return sorted(chosen, key=lambda job: -(seconds(base, job) or 0.0))


def audit(base: Base, work: Iterable[Job], executor: Executor | None = None) -> Iterator[tuple[Job, list[str]]]:
    """Repeat measurements without writing anything, and tell how each differs from what is recorded.

    Args:
        base: The knowledge base.
        work: What to repeat; it must be recorded.
        executor: As for `run`.

    Yields:
        The job, and one sentence for every difference: none where the numbers came out as recorded.
    """
    from kb.verify.comparing import differences

    for job, found in _results(base, list(work), executor):
        recorded = base.measured[job.entry].measurements[job.key]
        yield job, [f"it failed: {found}"] if isinstance(found, str) else differences(base, job, recorded, found)


def parse_shard(text: str) -> tuple[int, int]:
    """Read `2/5`, the second of five parts.

    Raises:
        ValueError: It is not of that form.

    Examples:
        >>> parse_shard("2/5")
        (2, 5)
    """
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise ValueError(f"expected a part such as 2/5, came {text!r}")
    return int(part), int(parts)


__all__ = ["Outcome", "audit", "chosen_at_random", "estimate", "parse_shard", "plan", "run", "seconds", "tidy"]
