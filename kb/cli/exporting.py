"""Commands that write files: new, export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kb.checking import bundled_root
from kb.cli.application import Json, chosen_folder, command, console, load_base, print_json
from kb.schema import Paper


class Format(StrEnum):
    """What can be exported."""

    bibtex = "bibtex"
    json = "json"
    graphml = "graphml"
    schemas = "schemas"


@command()
def export(
    form: Annotated[Format, typer.Argument(help="bibtex, json (node-link graph), graphml, or schemas.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Papers, for bibtex; none means all.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; default is standard output.")] = None,
) -> None:
    """Print the knowledge base in another format, or write the JSON Schemas for editors."""
    from kb import export as exporting

    if form is Format.schemas:
        for path in exporting.write_schemas(out or bundled_root() / "schemas"):
            console.print(str(path), markup=False)
        return
    base = load_base()
    if form is Format.json:
        print_json(exporting.graph_json(base))
        return
    if form is Format.graphml:
        text = exporting.graphml(base)
    else:
        papers = [base[entry_id] for entry_id in ids or base.papers]
        wrong = [entry.id for entry in papers if not isinstance(entry, Paper)]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: BibTeX is for papers")
        text = "\n\n".join(exporting.bibtex(paper) for paper in papers if isinstance(paper, Paper))
    if out:
        out.write_text(text + "\n", encoding="utf-8")
    else:
        typer.echo(text)


@command()
def new(
    kind: Annotated[str, typer.Argument(help="architecture, concept, bias, claim, paper or path.")],
    place: Annotated[str, typer.Argument(help="Group and id, such as graph/gin.")],
    json_: Json = False,
) -> None:
    """Start an entry: writes files with the fields to fill in, and overwrites nothing."""
    from kb.scaffold import write_new

    files = write_new(chosen_folder() or bundled_root(), kind, place)
    if json_:
        print_json([str(file) for file in files])
        return
    for file in files:
        console.print(f"wrote {file}", markup=False)
    console.print("fill in the fields; `kb check` says which are still open")
