"""Commands that write files: export, import and new."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kb import files, strict_json
from kb.cli.application import Json, chosen_folder, command, console, entry_ids, load_base, print_json
from kb.cli.completing import completes
from kb.folders import bundled_root, is_installed
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.schema import Paper


class Format(StrEnum):
    """What can be exported."""

    bibtex = "bibtex"
    csl = "csl"
    csv = "csv"
    gexf = "gexf"
    graph = "graph"
    graphml = "graphml"
    json = "json"
    jsonld = "jsonld"
    markdown = "markdown"
    parquet = "parquet"
    schema_org = "schema-org"
    schemas = "schemas"
    shapes = "shapes"
    sssom = "sssom"
    turtle = "turtle"
    vocabulary = "vocabulary"


HELP = (
    "Of papers: bibtex; csl, CSL-JSON for Zotero and pandoc. Of entries: markdown; schema-org, JSON-LD for web pages. "
    "Of everything: json, one document with proofs, which `kb import` reads; turtle and jsonld, linked data, with "
    "vocabulary, our words, and shapes, SHACL; sssom, names elsewhere; graph, node-link JSON; graphml and gexf for "
    "Gephi. Folders: csv, tables for Neo4j with croissant.json; parquet, for Spark and DuckDB; schemas, JSON Schemas "
    "for editors."
)
OF_ENTRIES = (Format.bibtex, Format.csl, Format.markdown, Format.schema_org)
OF_PAPERS = (Format.bibtex, Format.csl)
FOLDERS = (Format.csv, Format.parquet, Format.schemas)
IS_JSON = (Format.csl, Format.graph, Format.json, Format.jsonld, Format.schema_org)


@command()
def export(
    form: Annotated[Format, typer.Argument(help=HELP)],
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            help="Papers or entries, where the format is of these; none means all.", autocompletion=completes()
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File or folder to write; default is standard output, or for schemas schemas/.")
    ] = None,
    json_: Json = False,
) -> None:
    """Print the knowledge base in another format, or write it to a file or a folder.

    Examples:
        $ kb export bibtex he2016deep
        $ kb export markdown lstm
        $ kb export graphml --out graph.graphml
    """
    if ids and form not in OF_ENTRIES:
        raise ValueError(
            f"ids choose entries for {', '.join(OF_ENTRIES)}; {form} is always of the whole knowledge base"
        )
    if form in FOLDERS:
        written = _folder(form, out)
    else:
        if out and not out.parent.is_dir():
            raise ValueError(f"cannot write {out}: expected a name in a folder that exists")
        text = _text(load_base(), form, ids).removesuffix("\n")
        if out is None:
            typer.echo(strict_json.dumps(text) if json_ and form not in IS_JSON else text)
            return
        files.write(out, text + "\n")
        written = [out]
    _report(written, as_json=json_)


def _folder(form: Format, out: Path | None) -> list[Path]:
    """Write a folder of files."""
    if form is Format.schemas:
        from kb.export import write_schemas

        root = chosen_folder() or bundled_root()
        if out is None and is_installed(root):
            raise ValueError(f"{root} is part of the installed package: say with --out where to write the schemas")
        return write_schemas(out or root / "schemas")
    if out is None:
        raise ValueError(f"{form} is a folder of files: say with --out where to write it")
    from kb.export.folders import write_csv, write_parquet

    return write_csv(load_base(), out) if form is Format.csv else write_parquet(load_base(), out)


def _text(base: KnowledgeBase, form: Format, ids: list[str] | None) -> str:
    from kb import export as exporting
    from kb.export import rdf

    names = rdf.Addresses(base)
    match form:
        case Format.json:
            return strict_json.dumps(exporting.base_json(base), indent=1)
        case Format.graph:
            return strict_json.dumps(exporting.graph_json(base), indent=1)
        case Format.graphml:
            return exporting.graphml(base)
        case Format.gexf:
            return exporting.gexf(base)
        case Format.turtle:
            return rdf.turtle(rdf.triples(base), names.home)
        case Format.jsonld:
            return rdf.json_ld_text(rdf.triples(base), names.home)
        case Format.vocabulary:
            return rdf.turtle(rdf.vocabulary())
        case Format.shapes:
            return rdf.shapes()
        case Format.sssom:
            return exporting.sssom(base, names)
        case Format.markdown:
            return "\n".join(exporting.markdown(base, name) for name in entry_ids(base, ids) or base)
        case Format.schema_org:
            found = [exporting.schema_org(base, name, base.title) for name in entry_ids(base, ids) or base]
            return strict_json.dumps(found[0] if len(found) == 1 else found, indent=1)
    papers = _papers(base, form, ids)
    if form is Format.csl:
        return strict_json.dumps([exporting.csl(paper) for paper in papers], indent=1)
    return "\n\n".join(map(exporting.bibtex, papers))


def _papers(base: KnowledgeBase, form: Format, ids: list[str] | None) -> list[Paper]:
    entries = [base[name] for name in entry_ids(base, ids) or base.papers]
    papers = [entry for entry in entries if isinstance(entry, Paper)]
    others = [entry.id for entry in entries if not isinstance(entry, Paper)]
    if others:
        raise ValueError(f"{', '.join(others)}: {'BibTeX' if form is Format.bibtex else 'CSL-JSON'} is for papers")
    return papers


def _report(written: list[Path], *, as_json: bool) -> None:
    if as_json:
        print_json([str(path) for path in written])
    else:
        for path in written:
            console.print(f"wrote {path}", markup=False, soft_wrap=True)


@command()
def import_(
    document: Annotated[Path, typer.Argument(help="What `kb export json` wrote.")],
    folder: Annotated[Path, typer.Argument(help="Where to write entries and evidence; there must be nothing yet.")],
    json_: Json = False,
) -> None:
    """Make a folder of a knowledge base from the JSON document of one; its code is no part of it.

    Examples:
        $ kb import base.json somewhere
    """
    import json

    from kb.export.reading import unpack

    try:
        data = json.loads(document.read_text(encoding="utf-8"))
    except ValueError as error:  # of JSON or of UTF-8
        raise ValueError(f"{document} is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise ValueError(f"{document}: expected the document that `kb export json` writes")
    written = unpack(data, folder)
    if json_:
        print_json([str(path) for path in written])
    else:
        console.print(f"wrote {len(written)} files below {folder}", markup=False, soft_wrap=True)


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

    _report(write_new(chosen_folder() or bundled_root(), kind, place), as_json=json_)
    if not json_:
        console.print("fill in the fields; `kb check` says which are still open")
