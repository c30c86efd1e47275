"""The command that prints the code of an entry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb import files, links
from kb.cli.application import EntryId, Json, command, console, load_base, print_json
from kb.evidence import links_of
from kb.schema import Entry


@command()
def code(
    entry: EntryId,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="With all that it imports from here, so that it runs with torch alone.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="File to write; default is standard output.")] = None,
    json_: Json = False,
) -> None:
    """Print the code of an entry: its implementation, its probe, or its experiment.

    Examples:
        $ kb code lstm
        $ kb code lstm --standalone --out lstm.py
    """
    from kb.export import standalone as in_one_file

    base = load_base()
    found = base[entry]
    path = _source(base.root, found)
    text = in_one_file(base, base.title, base.version, found) if standalone else links.read(path)
    if out:
        files.write(out, text)
    if json_:
        print_json({"entry": found.id, "source": path.relative_to(base.root).as_posix(), "code": text})
    elif out:
        console.print(f"wrote {out}", markup=False, soft_wrap=True)
    else:
        typer.echo(text, nl=False)


def _source(root: Path, entry: Entry) -> Path:
    """The file of the code that an entry has of its own."""
    if not (own := links_of(entry)):
        raise ValueError(f"{entry.id} is a {entry.kind} without code")
    if problem := links.problem_with(root, own[0]):
        raise ValueError(problem)
    return links.source_file(root, own[0])
