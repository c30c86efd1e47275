"""The command that runs an architecture, and trains it. It imports torch."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.application import (
    ArchitectureId,
    Json,
    bold,
    command,
    console,
    dim,
    entry_id,
    load_base,
    print_json,
    print_text,
    progress_bar,
    table,
)
from kb.cli.completing import complete_variants
from kb.knowledge_base import KnowledgeBase
from kb.schema import DEFAULT_VARIANT

if TYPE_CHECKING:
    from kb.running import Pass, Training

PICTURES = (".png", ".pdf", ".svg", ".jpg", ".webp")
TRAINING = "Training"
"""The options that are about training stand together in the help."""


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
    seed: Annotated[int | None, typer.Option(help="Seed of weights, data and batches; default 0.")] = None,
    train: Annotated[bool, typer.Option("--train", help="Train it on its task.", rich_help_panel=TRAINING)] = False,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps in all; default is what the task says.", rich_help_panel=TRAINING)
    ] = None,
    device: Annotated[str, typer.Option(help="Where it is trained, such as cuda.", rich_help_panel=TRAINING)] = "cpu",
    save: Annotated[
        Path | None,
        typer.Option(
            help="Keep checkpoints in this file, every few seconds and at the end: NAME.safetensors.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    load: Annotated[
        Path | None,
        typer.Option(
            help="A checkpoint: with --train, go on from it; without, judge it and show samples.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="Write logs for TensorBoard into this folder.", rich_help_panel=TRAINING)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where to save the learning curve; default is ARCHITECTURE-TASK.png, here.", rich_help_panel=TRAINING
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="Where to save the images that it drew or was shown.", rich_help_panel=TRAINING),
    ] = None,
    json_: Json = False,
) -> None:
    """Build an architecture and pass example inputs through it, forward and backward; or train it on its task.

    Several processes train together under torchrun: torchrun --nproc-per-node 2 -m kb run transformer --train.

    Examples:
        $ kb run lstm
        $ kb run lstm --variant no-peepholes --json
        $ kb run transformer --train --out curve.png
    """
    given = {"--out": out, "--steps": steps, "--save": save, "--log": log, "--device": device != "cpu" or None}
    given |= {} if load else {"--picture": picture}
    without_use = [name for name, value in given.items() if value is not None and not train]
    if without_use:
        raise ValueError(f"{', '.join(without_use)}: it needs --train")
    for path in (out, picture):
        if path and (path.suffix.lower() not in PICTURES or not path.parent.is_dir()):
            kinds = ", ".join(PICTURES)
            raise ValueError(
                f"cannot save a picture as {path}: expected a name ending in {kinds}, in a folder that exists"
            )
    import torch

    base = load_base()
    torch.set_num_threads(1)
    name = entry_id(base, entry)
    if train or load:
        result = _train(base, name, variant, seed, train, steps, device, save, load, log)
        if os.environ.get("RANK", "0") == "0":  # of several processes, one writes and prints
            _report(result, out, picture, load=None if train else load, json_=json_)
    else:
        _run_once(base, name, variant or DEFAULT_VARIANT, seed or 0, json_)


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


def _train(
    base: KnowledgeBase,
    name: str,
    variant: str | None,
    seed: int | None,
    go_on: bool,
    steps: int | None,
    device: str,
    save: Path | None,
    load: Path | None,
    log: Path | None,
) -> Training:
    """Train, with a progress bar; or only load what was trained."""
    from kb.running import train

    task = base.architectures[name].task
    with progress_bar(f"{name} on {task.concept if task else 'no task'}", 1) as update:

        def report(step: int, steps: int, loss: float) -> None:
            update(f"{name}, step {step} of {steps}: loss {loss:.4f}", 1 / steps)

        try:
            return train(
                base, name, variant, seed, report,
                steps=steps, device=device, save=save, load=load, log=log, go_on=go_on,
            )  # fmt: skip
        except KeyboardInterrupt as stop:
            kept = (
                f"a checkpoint is kept: --load {save} goes on from it" if save and save.exists() else "nothing is kept"
            )
            stop.add_note(kept)
            raise


def _report(result: Training, out: Path | None, picture: Path | None, *, load: Path | None, json_: bool) -> None:
    """Write the pictures, and print what came of it."""
    from kb.running import save_curve, save_images

    curve = None
    if result.losses and not load:
        curve = out or Path(f"{result.architecture}-{result.task}.png")
        save_curve(result, curve)
    if json_:
        print_json(result.as_dict() | {"curve": str(curve) if curve else None})
    else:
        _print_score(result, trained=not load)
        if curve:
            console.print(f"learning curve: {curve}", markup=False, soft_wrap=True)
        _print_samples(result)
    if picture:  # where there is nothing to draw, that is said after all else
        save_images(result.samples, picture)


def _print_score(result: Training, *, trained: bool) -> None:
    from kb.running import caption

    verdict = "[green]beats[/]" if result.beats_baseline else "[red]does not clearly beat[/]"
    print_text(caption(result))
    if not result.losses:
        console.print(f"{verdict} the trivial baseline; it has no parameters, so there is nothing to train")
        return
    taken = f"{result.steps} steps" + (f" in {result.seconds:.1f} s" if trained else "")
    steps = taken if result.steps > 1 else "a closed form"
    console.print(f"{verdict} the trivial baseline, after {steps} (untrained {result.untrained:.3g})")
    for score in result.also:
        console.print(f"also: {score}", markup=False)
    if result.teacher_forcing:
        console.print("what comes before is taken from the target, here as in training (teacher forcing)")


def _print_samples(result: Training) -> None:
    from kb.running import samples

    lines = samples.lines(result.samples)
    if lines:
        console.print("\nsamples, on data that it has not seen")
    for line in lines:
        console.print(f"  {line}".rstrip(), markup=False, soft_wrap=True)
