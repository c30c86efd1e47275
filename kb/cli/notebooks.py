"""The command that writes a notebook."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from kb import files
from kb.cli.application import (
    ArchitectureId,
    Json,
    chosen_folder,
    command,
    console,
    entry_id,
    load_base,
    print_json,
    progress_bar,
)


@command()
def notebook(
    architecture: ArchitectureId,
    save: Annotated[Path | None, typer.Option(help="Where to write it; default is ARCHITECTURE.ipynb, here.")] = None,
    run: Annotated[bool, typer.Option("--run/--no-run", help="Whether its cells are executed.")] = True,
    json_: Json = False,
) -> None:
    """Write a notebook about an architecture, executed: look inside, check its biases, train it, compare it.

    Examples:
        $ kb notebook gcn --save gcn.ipynb
    """
    import nbformat

    from kb.notebooks import execute
    from kb.notebooks import notebook as written

    base, folder = load_base(), chosen_folder()
    name = entry_id(base, architecture)
    path = save or Path(f"{name}.ipynb")
    if path.suffix != ".ipynb" or not path.parent.is_dir():
        raise ValueError(f"cannot save a notebook as {path}: expected a name ending in .ipynb, in a folder that exists")
    start, made = perf_counter(), written(base, name, str(folder.resolve()) if folder else None)
    if run:
        with progress_bar(f"{name}: starting", len(made.cells)) as update:
            execute(made, lambda cell, cells: update(f"{name}: cell {cell} of {cells}", 1))
    files.write(path, nbformat.writes(made) + "\n")  # type: ignore[no-untyped-call]
    seconds = perf_counter() - start
    if json_:
        print_json({"notebook": str(path), "cells": len(made.cells), "executed": run, "seconds": round(seconds, 1)})
    else:
        done = f"executed in {seconds:.1f} s" if run else "not executed"
        console.print(f"{path}: {len(made.cells)} cells, {done}", markup=False, soft_wrap=True)
