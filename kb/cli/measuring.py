"""Commands that run code: run, verify, bench. They import torch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.base import KnowledgeBase
from kb.cli.application import (
    ArchitectureId,
    Json,
    bold,
    command,
    complete_variants,
    completes,
    console,
    dim,
    entry_id,
    entry_ids,
    errors,
    load_base,
    print_json,
    progress_bar,
    say,
    table,
)
from kb.evidence import PEER_TOLERANCE, Evidence
from kb.schema import DEFAULT_VARIANT

if TYPE_CHECKING:
    from kb.running import Pass

Ids = Annotated[list[str] | None, typer.Argument(help="Entries; none means all.", autocompletion=completes())]
Seed = Annotated[int, typer.Option(help="Seed of weights, data and batches.")]
PICTURES = (".png", ".pdf", ".svg", ".jpg", ".webp")


@command()
def run(
    entry: ArchitectureId,
    variant: Annotated[
        str | None,
        typer.Option(
            help="Name of the variant; default is `default`, or with --train the one that fits the task.",
            autocompletion=complete_variants,
        ),
    ] = None,
    train: Annotated[bool, typer.Option("--train", help="Train it on its task.")] = False,
    seed: Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="With --train: where to save the learning curve; default is ARCHITECTURE-TASK.png, here."),
    ] = None,
    json_: Json = False,
) -> None:
    """Build an architecture and pass example inputs through it, forward and backward; or train it."""
    if out and not train:
        raise ValueError("--out names the picture of the learning curve: it needs --train")
    if out and (out.suffix.lower() not in PICTURES or not out.parent.is_dir()):
        kinds = ", ".join(PICTURES)
        raise ValueError(f"cannot save a picture as {out}: expected a name ending in {kinds}, in a folder that exists")
    import torch

    base = load_base()
    torch.set_num_threads(1)
    if train:
        _train(base, entry_id(base, entry), variant, seed, out, json_)
    else:
        _run_once(base, entry_id(base, entry), variant or DEFAULT_VARIANT, seed, json_)


def _run_once(base: KnowledgeBase, name: str, variant: str, seed: int, json_: bool) -> None:
    from kb.running import run_once

    result = run_once(base, name, variant, seed)
    if json_:
        print_json(result.as_dict())
        return
    console.print(f"{bold(base[name].title)} {dim(f'({name}, variant {variant})')}")
    _print_stages(result)
    for kind, shapes in (("input", result.inputs), ("output", {n: o.shape for n, o in result.outputs.items()})):
        for number, (tensor, shape) in enumerate(shapes.items()):
            output = result.outputs.get(tensor) if kind == "output" else None
            values = f"{output.least:.3g} to {output.greatest:.3g}, mean {output.mean:.3g}" if output else ""
            label = "" if number else kind
            console.print(f"{label:11} {tensor} {list(shape)}  {dim(values)}".rstrip())
    console.print(f"parameters  {result.parameters:,}")
    counted = "forward, for these inputs: products, convolutions, attention; 2 a multiply-add"
    console.print(f"FLOPs       {result.flops:,} {dim(counted)}", soft_wrap=True)
    console.print(f"forward     {result.forward_ms:.1f} ms")
    if result.backward_ms is None:
        console.print("backward    nothing to differentiate")
        return
    console.print(f"backward    {result.backward_ms:.1f} ms {dim(f'gradient norm {result.gradient_norm:.4g}')}")
    if result.without_gradient:
        console.print(f"            no gradient reaches {', '.join(result.without_gradient)}", markup=False)


def _print_stages(result: Pass) -> None:
    """Print the layers in the order in which they ran, then the parameters that belong to none of them."""
    rows = table("layer", "class", "output", "parameters")
    rows.columns[3].justify = "right"
    for stage in result.stages:
        rows.add_row(stage.name, stage.module, str(list(stage.shape)), f"{stage.parameters:,}")
    for name, shape in result.held.items():
        rows.add_row(name, dim(f"tensor {list(shape)}"), "", f"{math.prod(shape):,}")
    if rows.row_count:
        console.print(rows)


def _train(base: KnowledgeBase, name: str, variant: str | None, seed: int, out: Path | None, json_: bool) -> None:
    from kb.running import architecture, caption, save_curve, train

    task = architecture(base, name).task
    with progress_bar(f"{name} on {task.concept if task else 'no task'}", 1) as update:

        def report(step: int, steps: int, loss: float) -> None:
            update(f"{name}, step {step} of {steps}: loss {loss:.4f}", 1 / steps)

        result = train(base, name, variant, seed, report)
    path = out or Path(f"{result.architecture}-{result.task}.png")
    if result.losses:
        save_curve(result, path)
    if json_:
        print_json(result.as_dict() | {"curve": str(path) if result.losses else None})
        return
    verdict = "[green]beats[/]" if result.beats_baseline else "[red]does not clearly beat[/]"
    say(caption(result))
    if result.losses:
        steps = f"{len(result.losses)} steps in {result.seconds:.1f} s" if len(result.losses) > 1 else "a closed form"
        console.print(f"{verdict} the trivial baseline, after {steps} (untrained {result.untrained:.3g})")
        console.print(f"learning curve: {path}", markup=False)
    else:
        console.print(f"{verdict} the trivial baseline; it has no parameters, so there is nothing to train")


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
    waiting = verifying.pending(base, entry_ids(base, ids), everything=everything)
    failures: dict[str, list[str]] = {}
    with progress_bar("measuring", len(waiting)) as update:

        def report(name: str, step: str) -> None:
            update(f"{name}: {step}", int(step == "done"))

        for name, record in verifying.run(base, waiting, report, jobs):
            failures[name] = _failures(base, name, record)
            if not json_:
                mark = "[red]✗[/]" if failures[name] else "[green]✓[/]"
                errors.print(f"{mark} {name}: {_gist(record)}")
                for failure in failures[name]:
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
    if record.checks:
        parts.append(f"{len(record.checks)} exact checks")
    if record.claim:
        parts.append(record.claim.verdict)
    return ", ".join(parts)


def _failures(base: KnowledgeBase, name: str, record: Evidence) -> list[str]:
    """What disagrees with the entry: traits of the other sign or undecided, a peer that differs, a claim that fails."""
    found = []
    asserted = {
        (fact.variant, fact.bias): fact.value
        for facts in base.facts.values()
        for fact in facts
        if fact.architecture == name and fact.how == "asserted"
    }
    for trait in record.traits:
        stated = asserted.get((trait.variant, trait.bias))
        if trait.value == "unknown" or (stated and stated != trait.value):
            what = f"asserted {stated}" if stated else "nothing asserted"
            found.append(f"{trait.bias} ({trait.variant}): {what}, measured {trait.value}, error {trait.error:.2g}")
    if record.peer and not max(record.peer.outputs, record.peer.gradients) <= PEER_TOLERANCE:
        found.append(f"differs from its peer by {max(record.peer.outputs, record.peer.gradients):.1e}")
    found += [f"{check.check}: error {check.error:.1e}" for check in record.checks if not check.met]
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
    chosen = entry_ids(base, ids) or [name for name in base if getattr(base[name], "peer", None)]
    without = [name for name in chosen if not getattr(base[name], "peer", None)]
    if without:
        raise ValueError(f"{', '.join(without)}: no peer to be timed against")
    found = {}
    with progress_bar("timing", len(chosen)) as update:
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
