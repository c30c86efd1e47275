"""Commands that run code: run, verify, bench. They import torch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from kb.base import KnowledgeBase
from kb.cli.application import (
    EntryId,
    Json,
    command,
    complete_ids,
    console,
    errors,
    load_base,
    print_json,
    progress_bar,
)
from kb.evidence import PEER_TOLERANCE, Evidence
from kb.schema import DEFAULT_VARIANT

Ids = Annotated[list[str] | None, typer.Argument(help="Entries; none means all.", autocompletion=complete_ids)]
Seed = Annotated[int, typer.Option(help="Seed of weights, data and batches.")]


@command()
def run(
    entry_id: EntryId,
    variant: Annotated[str, typer.Option(help="Name of the variant.")] = DEFAULT_VARIANT,
    train: Annotated[bool, typer.Option("--train", help="Train it on its task.")] = False,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Where to save the learning curve (PNG).")] = None,
    json_: Json = False,
) -> None:
    """Build an architecture, pass its example inputs through it, or train it."""
    import torch

    torch.set_num_threads(1)
    if train:
        _train(load_base(), entry_id, seed, out, json_)
    else:
        _run_once(load_base(), entry_id, variant, seed, json_)


def _run_once(base: KnowledgeBase, entry_id: str, variant: str, seed: int, json_: bool) -> None:
    from kb.running import run_once, shapes

    result = run_once(base, entry_id, variant, seed)
    if json_:
        print_json(result.as_dict())
        return
    entry = base.architectures[result.architecture]
    console.print(f"[bold]{entry.name}[/] [dim]({entry.id}, variant {variant})[/]")
    table = Table("stage", "module", "output", "parameters", box=None, padding=(0, 2, 0, 0))
    table.columns[3].justify = "right"
    for stage in result.stages:
        table.add_row(stage.name, stage.module, str(list(stage.shape)), f"{stage.parameters:,}")
    if result.stages:
        console.print(table)
    outputs = dict(zip(entry.signature_of(variant).outputs, result.outputs, strict=True))
    console.print(f"inputs      {shapes(result.inputs)}", markup=False)
    console.print(f"outputs     {shapes(outputs)}", markup=False)
    console.print(f"parameters  {result.parameters:,}")
    console.print(f"FLOPs       {result.flops:,} (forward, 2 for a multiply-add)")
    backward = "nothing to differentiate"
    if result.backward_ms is not None:
        backward = f"{result.backward_ms:.1f} ms, gradient norm {result.gradient_norm:.4g}"
    console.print(f"forward     {result.forward_ms:.1f} ms\nbackward    {backward}")


def _train(base: KnowledgeBase, entry_id: str, seed: int, out: Path | None, json_: bool) -> None:
    from kb.running import architecture, caption, save_curve, train

    task = architecture(base, entry_id).task
    with progress_bar(f"{entry_id} on {task.concept if task else 'no task'}", 1) as update:
        result = train(
            base,
            entry_id,
            seed,
            lambda step, steps, loss: update(f"{entry_id}, step {step} of {steps}: loss {loss:.4f}", 1 / steps),
        )
    path = out or Path(f"{result.architecture}-{result.task}.png")
    if result.losses:
        save_curve(result, path)
    if json_:
        print_json(result.as_dict() | ({"curve": str(path)} if result.losses else {}))
        return
    verdict = "[green]beats[/]" if result.beats_baseline else "[red]does not beat[/]"
    console.print(caption(result), markup=False)
    console.print(f"{verdict} the trivial baseline, after {result.seconds:.1f} s")
    if result.losses:
        console.print(f"learning curve: {path}")


@command()
def verify(
    ids: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="Measure again what is up to date too.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; default one for each core.")] = None,
    json_: Json = False,
) -> None:
    """Measure what is stale and write the evidence."""
    from kb import verify as verifying

    base = load_base()
    waiting = verifying.pending(base, ids or (), everything=everything)
    failures: dict[str, list[str]] = {}
    with progress_bar("measuring", len(waiting)) as update:

        def report(entry_id: str, step: str) -> None:
            update(f"{entry_id}: {step}", int(step == "done"))

        for entry_id, record in verifying.run(base, waiting, report, jobs):
            failures[entry_id] = _failures(base, entry_id, record)
            if not json_:
                mark = "[red]✗[/]" if failures[entry_id] else "[green]✓[/]"
                errors.print(f"{mark} {entry_id}: {_gist(record)}")
                for failure in failures[entry_id]:
                    errors.print(f"    {failure}", markup=False)
    failed = sum(map(bool, failures.values()))
    if json_:
        print_json({"measured": list(failures), "failures": {k: v for k, v in failures.items() if v}})
    elif waiting:
        console.print(f"{len(waiting)} measured, {failed} with failures")
    else:
        console.print("everything is up to date")
    raise typer.Exit(1 if failed else 0)


def _gist(record: Evidence) -> str:
    parts = []
    if record.traits:
        parts.append(f"{len(record.traits)} traits")
    if record.variants:
        parts.append(f"{len(record.variants)} variants")
    if record.peer:
        parts.append(f"peer {max(record.peer.outputs, record.peer.gradients):.0e}")
    if record.claim:
        parts.append(record.claim.verdict)
    return ", ".join(parts)


def _failures(base: KnowledgeBase, entry_id: str, record: Evidence) -> list[str]:
    """What disagrees with the entry: traits of the other sign, undecided ones, a peer that differs, a claim that fails."""
    found = []
    asserted = {
        (fact.variant, fact.bias): fact.value
        for facts in base.facts.values()
        for fact in facts
        if fact.architecture == entry_id and fact.how == "asserted"
    }
    for trait in record.traits:
        stated = asserted.get((trait.variant, trait.bias))
        if trait.value == "unknown" or (stated and stated != trait.value):
            what = f"asserted {stated}" if stated else "nothing asserted"
            found.append(f"{trait.bias} ({trait.variant}): {what}, measured {trait.value}, error {trait.error:.2g}")
    if record.peer and not max(record.peer.outputs, record.peer.gradients) <= PEER_TOLERANCE:
        found.append(f"differs from its peer by {max(record.peer.outputs, record.peer.gradients):.1e}")
    if record.claim and record.claim.verdict != "supported":
        unmet = [f"{c.condition} (median {c.median:g})" for c in record.claim.conditions if not c.met]
        found.append(f"{record.claim.verdict}: {'; '.join(unmet)}")
    return found


@command()
def bench(ids: Ids = None, json_: Json = False) -> None:
    """Time implementations against their peers and keep the ratios."""
    from kb.verify import make_importable, speed

    base = load_base()
    make_importable(base.code_root)
    chosen = [base[entry_id].id for entry_id in ids or base if getattr(base[entry_id], "peer", None)]
    found = {}
    with progress_bar("timing", len(chosen)) as update:
        for entry_id, result in speed.run(base, chosen, lambda entry, step: update(entry, 0)):
            found[entry_id] = result
            update(entry_id, 1)
    if json_:
        print_json({entry_id: result.model_dump() for entry_id, result in found.items()})
        return
    table = Table("entry", "ours / peer", "rounds", box=None, padding=(0, 2, 0, 0))
    for entry_id, result in found.items():
        table.add_row(entry_id, f"{result.ratio:g}", str(result.rounds))
    console.print(table if found else "no entry with a peer")
