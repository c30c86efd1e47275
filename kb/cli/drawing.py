"""The command that draws an architecture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb import files
from kb.cli.application import ArchitectureId, Json, command, console, load_base, print_json

Level = Annotated[int, typer.Option(help="1 for the whole, 2 for a block of it, 3 for a cell.", min=1, max=3)]
Save = Annotated[Path | None, typer.Option(help="Write the SVG into this file.")]


@command()
def diagram(architecture: ArchitectureId, level: Level = 1, save: Save = None, json_: Json = False) -> None:
    """Show the block diagram of an architecture in words, or write it as an SVG.

    Examples:
        $ kb diagram lstm
        $ kb diagram transformer --level 2
        $ kb diagram lstm --save lstm.svg
    """
    drawn = load_base().diagram(architecture, level)
    if save is not None:
        files.write(save, drawn.svg)
    if json_:
        print_json({"title": drawn.title, "svg": drawn.svg})
    elif save is not None:
        console.print(f"wrote {save}", markup=False, soft_wrap=True)
    else:
        console.print(str(drawn), markup=False)
