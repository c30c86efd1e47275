"""Commands that ask in the languages of others: sparql, sql, cypher."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.answers import engine_of
from kb.cli.application import Json, command, console, print_json, table

if TYPE_CHECKING:
    from kb.engines import Answer

Query = Annotated[str | None, typer.Argument(help="The query; `-` reads it from standard input.")]
File = Annotated[Path | None, typer.Option("--file", help="A file that holds the query.")]


@command()
def sparql(query: Query = None, file: File = None, json_: Json = False) -> None:
    """Ask the linked data in SPARQL; `:lstm` is an entry, `dlt:` our own words (`kb export vocabulary`).

    Examples:
        $ kb sparql 'SELECT ?p ?o WHERE { :lstm ?p ?o } LIMIT 8'
    """
    from kb.engines import Sparql

    _print(_given(query, file), engine_of(Sparql), as_json=json_)


@command()
def sql(query: Query = None, file: File = None, json_: Json = False) -> None:
    """Ask the tables in SQL: nodes, edges, traits, facts, premises, variants, names (`DESCRIBE facts`).

    Examples:
        $ kb sql 'SELECT count(*) FROM nodes'
        $ kb sql 'DESCRIBE facts' --json
    """
    from kb.engines import Sql

    _print(_given(query, file), engine_of(Sql), as_json=json_)


@command()
def cypher(query: Query = None, file: File = None, json_: Json = False) -> None:
    """Ask the property graph in Cypher: `(:Architecture)-[:TRAIT]->(:Bias)`, `(:Fact)-[:DERIVED_FROM]->(:Fact)`.

    Examples:
        $ kb cypher 'MATCH (a:Architecture) RETURN count(a)'
    """
    from kb.engines import Cypher

    _print(_given(query, file), engine_of(Cypher), as_json=json_)


def _given(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        raise ValueError("expected a query, or one in a file with --file")
    if file is not None:
        return file.read_text(encoding="utf-8")
    return sys.stdin.read() if query == "-" else query or ""


def _print(query: str, engine: Callable[[str], Answer], *, as_json: bool) -> None:
    answer = engine(query)
    if as_json:
        print_json({"columns": list(answer.columns), "rows": [list(row) for row in answer.rows]})
        return
    if not console.is_terminal:  # whole lines, for programs that cut columns at tabs
        for row in (answer.columns, *answer.rows):
            typer.echo("\t".join(" ".join(_shown(value).split()) for value in row))
        return
    shown = table(*answer.columns)
    for row in answer.rows:
        shown.add_row(*map(_shown, row))
    console.print(shown)
    console.print(f"{len(answer)} rows", style="dim")


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
