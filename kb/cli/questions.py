"""Commands that ask: search, select, lineage, route, prerequisites, remedies, why, open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from kb.cli.application import (
    EntryId,
    Json,
    bold,
    command,
    console,
    dim,
    entry_id,
    load_base,
    print_json,
    print_text,
    table,
)
from kb.cli.completing import complete_variants, completes
from kb.inference.representation import Ability
from kb.kinds import KINDS
from kb.query.openness import unmeasured
from kb.schema import DEFAULT_VARIANT
from kb.schema.bias import Weights

SYMBOLS = {"holds": "[green]✓[/]", "lacks": "[red]✗[/]", "unknown": "[yellow]?[/]", "not-applicable": "[dim]–[/]"}


def _biases(text: str) -> Any:
    return typer.Option(help=text, autocompletion=completes("biases"))


@command(paged=True)
def search(
    text: Annotated[list[str], typer.Argument(help="Words, a name or an abbreviation.")],
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 10,
    json_: Json = False,
) -> None:
    """Find entries, in spite of typing errors; what is found only if the words are mistyped is marked as a guess.

    Examples:
        $ kb search gated recurent unit
        $ kb search attention --limit 3 --json
    """
    from kb.search import absence

    query = " ".join(text)
    hits = load_base().search(query, limit)
    if json_:
        print_json([hit.as_dict() for hit in hits])
    else:
        if notice := absence(query, hits):
            console.print(notice, markup=False)
        found = table("id", "kind", "summary")
        for hit in hits:
            found.add_row(bold(hit.id), hit.kind + (" (a guess)" if hit.guess else ""), dim(hit.summary))
        console.print(found if hits else "", end="\n" if hits else "")
    raise typer.Exit(0 if hits else 1)


@command(paged=True)
def select(
    kind: Annotated[
        str, typer.Argument(help=f"One of {', '.join(KINDS)}.", autocompletion=lambda: list(KINDS))
    ] = "architecture",
    exhibits: Annotated[list[str] | None, _biases("A bias that it has; more than one: all of them.")] = None,
    lacks: Annotated[list[str] | None, _biases("A bias that it lacks.")] = None,
    where: Annotated[
        str | None,
        typer.Option(help="A condition: causality and not (uses gating or lacks locality)."),
    ] = None,
    unknown: Annotated[list[str] | None, _biases("A bias that applies, but is unknown.")] = None,
    uses: Annotated[
        list[str] | None,
        typer.Option(help="A component among its parts.", autocompletion=completes("concepts")),
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Its group, such as recurrent.", autocompletion=completes(folders=True))
    ] = None,
    since: Annotated[int | None, typer.Option(help="First year.")] = None,
    until: Annotated[int | None, typer.Option(help="Last year.")] = None,
    scope: Annotated[
        Weights | None, typer.Option(help="Only biases said of all, initial or some weights count.")
    ] = None,
    json_: Json = False,
) -> None:
    """List the entries that satisfy all conditions, oldest first.

    Examples:
        $ kb select --exhibits causality --lacks locality
        $ kb select --family graph --since 2017
        $ kb select --where "causality and not in attention or uses gating"
        $ kb select paper --since 2022 --json
    """
    base = load_base()
    conditions: dict[str, Any] = {
        "where": where, "exhibits": exhibits, "lacks": lacks, "unknown": unknown, "uses": uses, "family": family,
        "since": since, "until": until, "scope": scope,
    }  # fmt: skip
    found = base.select(kind, **conditions)
    if json_:
        from kb.export import entry_line

        print_json(list(map(entry_line, found)))
    elif found:
        listed = table("id", "year", "family", "name")
        for entry in found:
            listed.add_row(bold(entry.id), str(entry.year or ""), entry.group, dim(entry.title))
        console.print(listed)
    else:
        console.print(f"no {kind} satisfies all conditions", markup=False)
        if kind == "architecture":
            console.print(str(base.why_none(kind, **conditions)), markup=False, soft_wrap=True)
    raise typer.Exit(0 if found else 1)


@command(paged=True)
def lineage(entry: EntryId, json_: Json = False) -> None:
    """Show the ancestors and descendants of an entry: is-a, special cases, and what was changed.

    Examples:
        $ kb lineage recurrent-network
    """
    base = load_base()
    found = base.lineage(entry_id(base, entry))
    if json_:
        print_json(found.as_dict())
        return
    for title, relatives in (("Comes from", found.ancestors), ("Leads to", found.descendants)):
        console.print(f"[bold]{title}[/]")
        rows = table("year", "id", "relation", show_header=False)
        for relative in relatives:
            change = f": {relative.change}" if relative.change else ""
            how = f"{relative.relation} {relative.of}{change}"
            rows.add_row(f"  {relative.year or '    '}", bold(relative.id), dim(how))
        console.print(rows if relatives else "  nothing here")


@command(paged=True)
def route(start: EntryId, goal: EntryId, json_: Json = False) -> None:
    """Show how two entries are related: the most informative chain of relations between them.

    Examples:
        $ kb route mlp gat
    """
    base = load_base()
    start, goal = entry_id(base, start), entry_id(base, goal)
    hops = base.route(start, goal)
    if json_:
        print_json([hop.as_dict() for hop in hops])
    elif not hops:
        console.print("both are the same entry" if start == goal else f"nothing links {start} and {goal}")
    else:
        console.print(bold(start))
        for hop in hops:
            console.print(f"  {hop.relation} {bold(hop.end)}", end="\n" if not hop.because else " ")
            if hop.because:
                console.print(dim(f"({hop.because})"))
    raise typer.Exit(0 if hops or start == goal else 1)


@command(paged=True)
def prerequisites(entry: EntryId, json_: Json = False) -> None:
    """List what to understand first, in reading order.

    Examples:
        $ kb prerequisites transformer
    """
    base = load_base()
    found = base.prerequisites(entry_id(base, entry))
    if json_:
        print_json([item.as_dict() for item in found])
        return
    rows = table("number", "id", "why", show_header=False)
    for number, item in enumerate(found, start=1):
        rows.add_row(f"{number:3}", bold(item.id), dim(f"for {item.needed_for}: {item.because}"))
    console.print(rows if found else "nothing is needed first")


@command(paged=True)
def remedies(
    problem: Annotated[str, typer.Argument(help="A phenomenon.", autocompletion=completes("concepts"))],
    json_: Json = False,
) -> None:
    """Show what causes a problem, what it affects, and what helps against it.

    Examples:
        $ kb remedies vanishing-gradient
    """
    base = load_base()
    found = base.remedies(entry_id(base, problem))
    if json_:
        print_json(found.as_dict())
        return
    parts = {"Remedies": found.remedies, "Causes": found.causes, "Leads to": found.consequences}
    for title, items in (parts | {"Affects": found.affected}).items():
        rows = table("id", "why", show_header=False)
        for item in items:
            of = f" (of its cause {item.through})" if title == "Remedies" and item.through != found.problem else ""
            rows.add_row(bold(item.id), dim(item.because + of))
        if items:
            console.print(bold(title))
            console.print(rows)
    if not any(parts.values()) and not found.affected:
        console.print(f"nothing is known to cause, remedy or suffer from {found.problem}")


@command(paged=True)
def why(
    architecture: EntryId,
    bias: Annotated[str, typer.Argument(help="A bias, or any other entry.", autocompletion=completes())],
    variant: Annotated[
        str | None,
        typer.Option(help="Name of the variant; default the canonical one.", autocompletion=complete_variants),
    ] = None,
    json_: Json = False,
) -> None:
    """Show the evidence for a trait, down to the sources; or whether one of two entries can represent the other.

    Examples:
        $ kb why lstm causality
        $ kb why convolutional-network translation-equivariance --variant circular
        $ kb why message-passing self-attention
    """
    base = load_base()
    subject, object_ = entry_id(base, architecture), entry_id(base, bias)
    if object_ not in base.biases:
        _show_ability(base.represents(subject, object_), json_)
        return
    explanation = base.why(subject, object_, variant)
    if json_:
        print_json(explanation.as_dict())
        return
    cell = explanation.cell
    where = "" if cell.variant == DEFAULT_VARIANT else f" ({cell.variant})"
    console.print(f"{SYMBOLS[cell.value]} {cell.architecture}{where}, {cell.bias}: [bold]{cell.value}[/]")
    print_proof(line for proof in explanation.proofs for line in proof)
    for line in explanation.missing:
        print_text(line, indent=4, first=2)


def print_proof(lines: Iterable[str]) -> None:
    """Print lines that are indented as they follow from each other; what does not fit goes on further to the right."""
    for line in lines:
        depth = len(line) - len(line.lstrip()) + 2
        print_text(line.lstrip(), indent=depth + 4, first=depth)


def _show_ability(ability: Ability, as_json: bool) -> None:
    if as_json:
        print_json(asdict(ability))
        return
    symbol = SYMBOLS[{"can": "holds", "cannot": "lacks", "unknown": "unknown"}[ability.value]]
    console.print(f"{symbol} {ability}")
    for line in ability.lines():
        print_text(line, indent=4, first=2)


@command(paged=True)
def open_(
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 20,
    json_: Json = False,
) -> None:
    """List the unknown traits; those whose answer would decide the most others come first.

    Examples:
        $ kb open --limit 5
    """
    base = load_base()
    cells = base.open()
    if json_:
        print_json([cell.as_dict() for cell in cells[:limit]])
        return
    rows = table("architecture", "variant", "bias", "if it holds", "if it lacks it")
    for cell in cells[:limit]:
        follows = [f"{len(others)} more" for others in (cell.if_holds, cell.if_lacks)]
        rows.add_row(bold(cell.architecture), dim(cell.variant), bold(cell.bias), *follows)
    console.print(rows if cells else "nothing is open of any variant")
    if len(cells) > limit:
        console.print(f"and {len(cells) - limit} more")
    for reason, count in Counter(cell.reason for cell in cells).most_common(limit):
        print_text(f"{count:,}: {reason}", indent=4, first=2)
    if left := unmeasured(base):
        count, places = sum(left.values()), len(left)
        console.print(f"{count:,} traits are unknown of {places} sub-networks of variants other than the default one")
