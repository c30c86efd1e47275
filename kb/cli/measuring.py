"""Commands that measure: verify, bench. They import torch."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

import kb
from kb.cli.application import (
    Json,
    bold,
    command,
    console,
    counting,
    dim,
    entry_ids,
    errors,
    load_base,
    print_json,
    progress_bar,
    table,
)
from kb.cli.completing import completes
from kb.evidence import Evidence, Job, Speed
from kb.folders import require_own
from kb.knowledge_base import KnowledgeBase
from kb.query.disagreement import disagreements

Ids = Annotated[list[str] | None, typer.Argument(help="Entries; none means all.", autocompletion=completes())]


@command()
def verify(
    ids: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="Measure again what is up to date too.")] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Run the larger forms of experiments too, which may take minutes.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; default one for each core.")] = None,
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers measure.")] = None,
    shard: Annotated[
        str, typer.Option(help="Measure one part of the entries, such as 2/5, for machines without a scheduler.")
    ] = "1/1",
    audit: Annotated[
        str | None,
        typer.Option(help="Repeat a number of recorded measurements chosen at random, or a share such as 5%."),
    ] = None,
    seed: Annotated[str, typer.Option(help="What --audit chooses by.")] = "0",
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be measured, and about how long it takes.")
    ] = False,
    json_: Json = False,
) -> None:
    """Measure what is stale and write the evidence; or repeat what is recorded and compare.

    Examples:
        $ kb verify gcn
        $ kb verify --plan
        $ kb verify --audit 5%
    """
    from kb import verify as verifying

    base = load_base()
    chosen = entry_ids(base, ids)
    writes = not plan and not audit
    if writes:
        require_own(base.root, "evidence")
    if audit:
        work = verifying.chosen_at_random(base, audit, seed, chosen)
    else:
        part = verifying.parse_shard(shard)
        work = verifying.plan(base, chosen, everything=everything, thorough=thorough, shard=part)
    if work and not plan and not dask:
        import torch  # noqa: F401  (where it is missing, that is said before anything else)
    if not json_:
        _announce(verifying.estimate(base, work), work, f"repeating, chosen by {seed}" if audit else "measuring")
    if writes:
        verifying.tidy(base, chosen)
    if plan or not work:
        if json_:
            print_json({"planned": [str(job) for job in work]})
        return
    with _workers(len(work), jobs, dask) as executor:
        if audit:
            _audit(base, work, executor, json_)
        else:
            _measure(base, work, executor, json_)


def _announce(seconds: float, work: list[Job], what: str) -> None:
    """Say what is to be done, and about how long it takes."""
    if not work:
        console.print("everything is up to date")
        return
    entries = len({job.entry for job in work})
    kinds = ", ".join(f"{number} {kind}" for kind, number in Counter(job.key[0] for job in work).items())
    time = f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
    errors.print(f"{what}: {kinds} of {entries} entries, about {time} of one processor")


@contextmanager
def _workers(work: int, jobs: int | None, dask: str | None) -> Iterator[Executor | None]:
    """Give what measures: workers of a Dask cluster, processes here, or None for this process."""
    if dask:
        from dask.distributed import Client

        with Client(dask) as client:
            yield client.get_executor()
        return
    number = min(jobs or os.cpu_count() or 1, work)
    if number == 1:
        yield None
        return
    from kb.verify.pool import processes

    with processes(number) as pool:
        yield pool


def _measure(base: KnowledgeBase, work: list[Job], executor: Executor | None, json_: bool) -> NoReturn:
    """Measure, and say what became of every entry once it is complete."""
    from kb import verify as verifying

    failed: dict[str, list[str]] = {job.entry: [] for job in work}
    done: list[Job] = []
    with progress_bar("measuring", len(work)) as update, counting(done, len(work)):
        for outcome in verifying.run(base, work, executor):
            done.append(outcome.job)
            update(str(outcome.job), 1)
            if outcome.error:
                failed[outcome.job.entry].append(f"{' '.join(outcome.job.key)}: {outcome.error}")
    measured = kb.load(base.root)
    for name, failures in failed.items():
        failures += disagreements(measured, name)
        if not json_:
            errors.print(f"{'[red]✗[/]' if failures else '[green]✓[/]'} {name}: {_gist(measured.evidence.get(name))}")
            for failure in failures:
                errors.print(f"    {failure}", markup=False)
    with_failures = {name: found for name, found in failed.items() if found}
    if json_:
        print_json({"measured": list(failed), "measurements": len(work), "failures": with_failures})
    else:
        console.print(f"{len(work)} measurements of {len(failed)} entries, {len(with_failures)} with failures")
    raise typer.Exit(1 if with_failures else 0)


def _audit(base: KnowledgeBase, work: list[Job], executor: Executor | None, json_: bool) -> NoReturn:
    """Repeat measurements, and say which do not come out as recorded."""
    from kb import verify as verifying

    found: dict[str, list[str]] = {}
    with progress_bar("repeating", len(work)) as update:
        for job, differences in verifying.audit(base, work, executor):
            update(str(job), 1)
            if differences:
                found[str(job)] = differences
    if json_:
        print_json({"repeated": [str(job) for job in work], "differ": found})
    else:
        for name, differences in sorted(found.items()):
            for difference in differences:
                console.print(f"{name}: {difference}", markup=False, soft_wrap=True)
        console.print(f"{len(work)} measurements repeated, {len(found)} differ from what is recorded")
    raise typer.Exit(1 if found else 0)


def _gist(record: Evidence | None) -> str:
    if record is None:
        return "nothing"
    parts = []
    if record.traits:
        parts.append(f"{len(record.traits)} traits")
    if record.variants:
        parts.append(f"{len(record.variants)} variants")
    if record.peer:
        parts.append(f"peer {record.peer.error:.0e} in {len(record.peer.compared)} cases")
    if record.checks:
        parts.append(f"{len(record.checks)} exact checks")
    if record.claim:
        parts.append(record.claim.verdict)
    return ", ".join(parts)


@command()
def bench(ids: Ids = None, json_: Json = False) -> None:
    """Time implementations against their peers and keep the ratios.

    Examples:
        $ kb bench gcn
    """
    from kb.verify import speed

    base = load_base()
    require_own(base.root, "speeds")
    chosen = entry_ids(base, ids) or [name for name in base if getattr(base[name], "peer", None)]
    without = [name for name in chosen if not getattr(base[name], "peer", None)]
    if without:
        raise ValueError(f"{', '.join(without)}: no peer to be timed against")
    found: dict[str, Speed] = {}
    with progress_bar("timing", len(chosen)) as update, counting(found, len(chosen)):
        for name, result in speed.run(base, chosen, lambda entry, step: update(entry, 0)):
            found[name] = result
            update(name, 1)
    if json_:
        print_json({name: result.model_dump(exclude_none=True) for name, result in found.items()})
        return
    rows = table("entry", "variant", "ours / peer in float32", "in float64", "rounds")
    for name, result in found.items():
        single = f"{result.float32:g}" if result.float32 is not None else ""
        rows.add_row(bold(name), result.variant or dim("small"), single, f"{result.float64:g}", str(result.rounds))
    console.print(rows if found else "no entry with a peer")
