"""The command that compares entries."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.application import Json, bold, command, console, dim, load_base, print_json, table
from kb.cli.completing import completes
from kb.query.compare import Aspect, Comparison
from kb.query.statements import YES

Entries = Annotated[
    list[str], typer.Argument(help="Two to four entries: ids or any of their names.", autocompletion=completes())
]


@command(paged=True)
def compare(
    entries: Entries,
    everything: Annotated[bool, typer.Option("--all", help="Show what is the same of all of them too.")] = False,
    json_: Json = False,
) -> None:
    """Show what separates two to four entries, what they share, and what leads from one to another.

    Examples:
        $ kb compare lstm gru
    """
    comparison = load_base().compare(*entries)
    if json_:
        print_json(comparison.as_dict())
        return
    for aspect in comparison.aspects:
        console.print(f"\n[bold]{aspect.name.capitalize()}[/]")
        _print_rows(comparison.entries, aspect, everything)
    _print_history(comparison)


def _print_rows(entries: tuple[str, ...], aspect: Aspect, everything: bool) -> None:
    rows = aspect.rows if everything else aspect.different
    if rows:
        listed = table("", *entries)
        listed.columns[0].overflow = "fold"
        for row in rows:
            listed.add_row(f"  {bold(row.what)}", *map(_cell, row.values, row.notes))
        console.print(listed)
    if aspect.shared and not everything:
        console.print(f"  alike: {', '.join(aspect.shared)}", markup=False)


def _cell(value: str, note: str) -> str:
    if not value:
        return dim("–")
    if value == YES:
        return dim(note) or "✓"
    return f"{bold(value)} {dim(f'({note})')}" if note else bold(value)


def _print_history(comparison: Comparison) -> None:
    console.print("\n[bold]History[/]")
    for chain in comparison.history:
        if not chain.hops:
            console.print(f"  nothing that is stated or checked leads from {chain.start} to {chain.end}")
        for number, hop in enumerate(chain.hops):
            start = bold(hop.start) if number == 0 else " " * len(hop.start)
            console.print(
                f"  {start} {hop.relation} {bold(hop.end)} {dim(hop.because and f'({hop.because})')}".rstrip()
            )
