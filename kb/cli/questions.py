"""Commands that read and ask: check, show, search, select, compare, lineage, route, prerequisites, why, stats."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table

from kb.base import KnowledgeBase
from kb.checking import check as find_problems
from kb.cli.application import EntryId, Json, chosen_folder, command, complete_ids, console, load_base, print_json
from kb.graph import INVERSE
from kb.inference import trace
from kb.schema import DEFAULT_VARIANT, Architecture, Claim, Entry, Paper

SYMBOLS = {"holds": "[green]✓[/]", "lacks": "[red]✗[/]", "unknown": "[yellow]?[/]", "not-applicable": "[dim]–[/]"}
Names = Annotated[list[str] | None, typer.Option(autocompletion=complete_ids)]


@command()
def check(json_: Json = False) -> None:
    """Find every problem of the entries, links and evidence."""
    problems = find_problems(chosen_folder())
    if json_:
        print_json([problem.as_dict() for problem in problems])
    elif problems:
        for problem in problems:
            console.print(str(problem), markup=False)
        console.print(f"\n{len(problems)} problem{'s' if len(problems) > 1 else ''}")
    else:
        console.print(f"{len(load_base())} entries, no problem")
    raise typer.Exit(1 if problems else 0)


@command()
def show(entry_id: EntryId, json_: Json = False) -> None:
    """Show an entry: what it is, how it is known, how to run it."""
    base = load_base()
    entry = base[entry_id]
    if json_:
        print_json(entry.model_dump(mode="json", by_alias=True) | {"kind": entry.kind, "year": entry.year})
        return
    year = f", {entry.year}" if entry.year else ""
    console.print(f"[bold]{entry.title}[/] [dim]({entry.id}: {entry.kind}, {entry.group}{year})[/]")
    console.print(entry.gist, markup=False)
    for text in (getattr(entry, name, None) for name in ("statement", "definition", "description")):
        if text:
            console.print(Padding(Markdown(text.replace("](kb:", "](")), (1, 0, 0, 2)))
    if isinstance(entry, Architecture):
        _show_traits(base, entry)
    _show_evidence(base, entry)
    _show_relations(base, entry)
    if isinstance(entry, Architecture):
        console.print(f"\nRun it: [bold]kb run {entry.id}[/]   Measure it: [bold]kb verify {entry.id}[/]")
    if isinstance(entry, Paper) and entry.link:
        console.print(f"\nRead it: {entry.link}   Cite it: [bold]kb export bibtex {entry.id}[/]")


def _show_traits(base: KnowledgeBase, entry: Architecture) -> None:
    table = Table("trait", "", "known", "variant", title="Traits", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for bias in base.biases:
        for variant, cell in base.cells(entry.id, bias).items():
            if cell.value != "not-applicable":
                name = "" if variant == DEFAULT_VARIANT else variant
                table.add_row(bias, f"{SYMBOLS[cell.value]} {cell.value}", ", ".join(cell.how), name)
    if table.row_count:
        console.print()
        console.print(table)


def _show_evidence(base: KnowledgeBase, entry: Entry) -> None:
    record = base.evidence.get(entry.id)
    if record is None:
        return
    lines = []
    if record.peer:
        lines.append(
            f"agrees with its peer to {record.peer.outputs:.0e} (outputs), {record.peer.gradients:.0e} (gradients)"
        )
    lines += [f"variant {name}: {found.parameters:,} parameters" for name, found in record.variants.items()]
    if record.claim:
        lines.append(f"verdict: {record.claim.verdict} over {record.claim.seeds} seed(s)")
        lines += [
            f"{'met' if c.met else 'NOT met'}: {c.condition} (median {c.median:g})" for c in record.claim.conditions
        ]
    if lines:
        console.print("\nEvidence" + (" [yellow](stale)[/]" if base.is_stale(entry.id) else ""))
        for line in lines:
            console.print(f"  {line}", markup=False)


def _show_relations(base: KnowledgeBase, entry: Entry) -> None:
    relations: dict[str, list[str]] = {}
    for _, target, data in base.graph.out_edges(entry.id, data=True):
        relations.setdefault(data["relation"].replace("-", " "), []).append(target)
    for source, _, data in base.graph.in_edges(entry.id, data=True):
        relations.setdefault(INVERSE.get(data["relation"], data["relation"]), []).append(source)
    if relations:
        console.print("\nRelations")
    for relation, others in relations.items():
        console.print(f"  {relation}: {', '.join(dict.fromkeys(others))}", markup=False)


@command()
def search(
    text: Annotated[list[str], typer.Argument(help="Words, a name or an abbreviation.")],
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 10,
    json_: Json = False,
) -> None:
    """Find entries, in spite of typing errors."""
    query = " ".join(text)
    hits = load_base().search(query, limit)
    if json_:
        print_json([hit.as_dict() for hit in hits])
    elif hits:
        table = Table("id", "kind", "summary", box=None, padding=(0, 2, 0, 0))
        for hit in hits:
            table.add_row(f"[bold]{hit.id}[/]", hit.kind, hit.summary)
        console.print(table)
    else:
        console.print(f"nothing found for {query!r}", markup=False)
    raise typer.Exit(0 if hits else 1)


@command()
def select(
    kind: Annotated[str, typer.Argument(help="Kind of entry.")] = "architecture",
    exhibits: Names = None,
    lacks: Names = None,
    unknown: Names = None,
    uses: Names = None,
    family: Annotated[str | None, typer.Option(help="The group, such as recurrent.")] = None,
    since: Annotated[int | None, typer.Option(help="First year.")] = None,
    until: Annotated[int | None, typer.Option(help="Last year.")] = None,
    json_: Json = False,
) -> None:
    """List the entries that satisfy all conditions."""
    found = load_base().select(
        kind,
        exhibits=exhibits, lacks=lacks, unknown=unknown, uses=uses, family=family, since=since, until=until,
    )  # fmt: skip
    if json_:
        print_json([{"id": entry.id, "name": entry.title, "year": entry.year, "group": entry.group} for entry in found])
    else:
        table = Table("id", "year", "family", "name", box=None, padding=(0, 2, 0, 0))
        for entry in found:
            table.add_row(f"[bold]{entry.id}[/]", str(entry.year or ""), entry.group, entry.title)
        console.print(table if found else "no entry satisfies all conditions")
    raise typer.Exit(0 if found else 1)


@command()
def compare(first: EntryId, second: EntryId, json_: Json = False) -> None:
    """Show what two entries share and what separates them."""
    comparison = load_base().compare(first, second)
    if json_:
        print_json(comparison.as_dict())
        return
    table = Table("", comparison.first, "both", comparison.second, box=None, padding=(0, 2, 1, 0))
    for aspect in comparison.aspects:
        table.add_row(aspect.name, "\n".join(aspect.first), "\n".join(aspect.shared), "\n".join(aspect.second))
    console.print(table)


@command()
def lineage(entry_id: EntryId, json_: Json = False) -> None:
    """Show what an entry is a special case of, and what is a special case of it."""
    found = load_base().lineage(entry_id)
    if json_:
        print_json(found.as_dict())
        return
    for title, entries in (("Comes from", found.ancestors), ("Leads to", found.descendants)):
        console.print(f"[bold]{title}[/]")
        for name, year in entries:
            console.print(f"  {year or '    '}  {name}")
        if not entries:
            console.print("  nothing here")


@command()
def route(start: EntryId, goal: EntryId, json_: Json = False) -> None:
    """Show how two entries hang together."""
    hops = load_base().route(start, goal)
    if json_:
        print_json([hop.as_dict() for hop in hops])
    elif not hops:
        console.print("no route: the two are the same, or nothing links them")
    for hop in () if json_ else hops:
        because = f"  ({hop.because})" if hop.because else ""
        console.print(f"{hop.start} [dim]—{hop.relation}→[/] {hop.end}[dim]{because}[/]")


@command()
def prerequisites(entry_id: EntryId, json_: Json = False) -> None:
    """List what to understand first, in reading order."""
    found = load_base().prerequisites(entry_id)
    if json_:
        print_json([item.as_dict() for item in found])
        return
    for number, item in enumerate(found, start=1):
        console.print(f"{number:3}. [bold]{item.id}[/] [dim]for {item.needed_for}: {item.because}[/]")
    if not found:
        console.print("nothing is needed first")


@command()
def why(
    architecture: EntryId,
    bias: EntryId,
    variant: Annotated[str, typer.Option(help="Name of the variant.")] = DEFAULT_VARIANT,
    json_: Json = False,
) -> None:
    """Show how a trait is known: assertion, measurement and deduction, down to the sources."""
    base = load_base()
    cell = base.why(architecture, bias, variant)
    if json_:
        print_json({
            "architecture": cell.architecture, "variant": cell.variant, "bias": cell.bias, "value": cell.value,
            "facts": [_fact_data(fact) for fact in cell.facts],
        })  # fmt: skip
        return
    console.print(f"{SYMBOLS[cell.value]} {architecture} ({variant}), {bias}: [bold]{cell.value}[/]")
    for fact in cell.facts:
        for line in trace(fact, 1):
            console.print(line, markup=False)
    if cell.value == "unknown":
        console.print(f"  nobody has asserted it, and no rule reaches it; measure it: kb verify {architecture}")
    if cell.value == "not-applicable":
        roles = ", ".join(base.biases[bias].acts_on)
        where = {"both": "an input and an output", "inputs": "an input", "inputs-only": "an input and no output"}
        place = where[base.biases[bias].axis_in]
        console.print(f"  it needs an axis of role {roles} in {place}, which the signature of this variant has not")


def _fact_data(fact: Any) -> dict[str, Any]:
    data = {"fact": str(fact), "value": fact.value, "how": fact.how, "rule": fact.rule, "reason": fact.reason}
    source = fact.source.model_dump(exclude_none=True) if fact.source else None
    return {**data, "source": source, "premises": [_fact_data(premise) for premise in fact.premises]}


@command()
def stats(json_: Json = False) -> None:
    """Count entries, relations, traits and evidence."""
    base = load_base()
    cells = [base.trait(a, b) for a in base.architectures for b in base.biases if base.acting(a, b)]
    verdicts = Counter(
        record.claim.verdict for record in base.evidence.values() if record.claim and record.claim.verdict
    )
    counts: dict[str, Any] = {
        "entries": dict(sorted(Counter(entry.kind for entry in base.values()).items())),
        "relations": base.graph.number_of_edges(),
        "traits": dict(Counter(cell.value for cell in cells)),
        "known by": {how: sum(how in cell.how for cell in cells) for how in ("asserted", "measured", "derived")},
        "claims": {
            "with an experiment": sum(isinstance(e, Claim) and e.experiment is not None for e in base.values()),
            **verdicts,
        },
        "peers": sum(record.peer is not None for record in base.evidence.values()),
    }
    if json_:
        print_json(counts)
        return
    for name, value in counts.items():
        shown = ", ".join(f"{number} {what}" for what, number in value.items()) if isinstance(value, dict) else value
        console.print(f"[bold]{name:10}[/] {shown}")
