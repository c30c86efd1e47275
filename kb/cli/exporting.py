"""Commands that write files: export and new."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kb import files, strict_json
from kb.cli.application import Json, chosen_folder, command, completes, console, entry_ids, load_base, print_json
from kb.folders import bundled_root, is_installed
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.schema import Paper


class Format(StrEnum):
    """What can be exported."""

    bibtex = "bibtex"
    json = "json"
    graph = "graph"
    graphml = "graphml"
    markdown = "markdown"
    jsonld = "jsonld"
    schemas = "schemas"


OF_ENTRIES = (Format.bibtex, Format.markdown, Format.jsonld)
IS_TEXT = (Format.bibtex, Format.graphml, Format.markdown)


@command()
def export(
    form: Annotated[
        Format,
        typer.Argument(
            help="bibtex: papers. json: everything. graph: nodes and edges as JSON. graphml: the same for Gephi, yEd "
            "and Cytoscape. markdown: entries as text. jsonld: entries in the words of schema.org. "
            "schemas: JSON Schemas of the entry files, for editors."
        ),
    ],
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            help="Papers for bibtex, entries for markdown and jsonld; none means all.", autocompletion=completes()
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write; default is standard output. For schemas a folder; default is schemas/."),
    ] = None,
    json_: Json = False,
) -> None:
    """Print the knowledge base in another format, or write it to a file.

    Examples:
        $ kb export bibtex he2016deep
        $ kb export markdown lstm
        $ kb export graphml --out graph.graphml
    """
    if ids and form not in OF_ENTRIES:
        raise ValueError(
            f"ids choose entries for {', '.join(OF_ENTRIES)}; {form} is always of the whole knowledge base"
        )
    if form is Format.schemas:
        from kb.export import write_schemas

        root = chosen_folder() or bundled_root()
        if out is None and is_installed(root):
            raise ValueError(f"{root} is part of the installed package: say with --out where to write the schemas")
        written = write_schemas(out or root / "schemas")
    else:
        if out and not out.parent.is_dir():
            raise ValueError(f"cannot write {out}: expected a name in a folder that exists")
        text = _text(load_base(), form, ids)
        if out is None:
            typer.echo(strict_json.dumps(text) if json_ and form in IS_TEXT else text)
            return
        files.write(out, text + "\n")
        written = [out]
    if json_:
        print_json([str(path) for path in written])
    else:
        for path in written:
            console.print(f"wrote {path}", markup=False)


def _text(base: KnowledgeBase, form: Format, ids: list[str] | None) -> str:
    from kb import export as exporting

    match form:
        case Format.json:
            return strict_json.dumps(exporting.base_json(base), indent=1)
        case Format.graph:
            return strict_json.dumps(exporting.graph_json(base), indent=1)
        case Format.graphml:
            return exporting.graphml(base)
        case Format.markdown:
            return "\n".join(exporting.markdown(base, name) for name in entry_ids(base, ids) or base)
        case Format.jsonld:
            found = [exporting.schema_org(base, name, base.title) for name in entry_ids(base, ids) or base]
            return strict_json.dumps(found[0] if len(found) == 1 else found, indent=1)
    entries = [base[name] for name in entry_ids(base, ids) or base.papers]
    papers = [entry for entry in entries if isinstance(entry, Paper)]
    others = [entry.id for entry in entries if not isinstance(entry, Paper)]
    if others:
        raise ValueError(f"{', '.join(others)}: BibTeX is for papers")
    return "\n\n".join(map(exporting.bibtex, papers))


@command()
def new(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}.", autocompletion=lambda: list(KINDS))],
    place: Annotated[str, typer.Argument(help="Group and id, such as graph/gin.")],
    json_: Json = False,
) -> None:
    """Start an entry: writes files with the fields to fill in, and overwrites nothing.

    Examples:
        $ kb new architecture graph/gated-graph-network
        $ kb new paper 2016/li2015gated
    """
    from kb.scaffold import write_new

    written = write_new(chosen_folder() or bundled_root(), kind, place)
    if json_:
        print_json([str(path) for path in written])
        return
    for path in written:
        console.print(f"wrote {path}", markup=False, soft_wrap=True)
    console.print("fill in the fields; `kb check` says which are still open")
