"""The command that shows an entry: the page of the site, in the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.padding import Padding

from kb.cli.application import (
    EntryId,
    Json,
    bold,
    command,
    console,
    dim,
    entry_id,
    formula,
    keep_latex,
    load_base,
    print_json,
    print_text,
    readable,
    table,
)
from kb.cli.questions import SYMBOLS
from kb.knowledge_base import KnowledgeBase
from kb.query.related import related
from kb.relations import RELATIONS
from kb.schema import (
    DEFAULT_VARIANT,
    SORTS,
    Architecture,
    Bias,
    Claim,
    Concept,
    Entry,
    Paper,
    ReadingPath,
    Source,
    Theorem,
)
from kb.schema.common import Equation, Invention

MANY = 12
"""Relations of one kind that are listed; of the others only the number is printed."""


@command(paged=True)
def show(
    entry: EntryId,
    latex: Annotated[bool, typer.Option("--latex", help="Print formulas as they are written, in LaTeX.")] = False,
    json_: Json = False,
) -> None:
    """Show an entry: what it is, the evidence, how to run it, and its relations to others.

    Examples:
        $ kb show lstm
        $ kb show "layer normalisation" --latex
    """
    keep_latex(latex)
    base = load_base()
    chosen = base[entry_id(base, entry)]
    if json_:
        print_json(chosen.model_dump(mode="json", by_alias=True) | {"kind": chosen.kind, "year": chosen.year})
        return
    console.print(f"{bold(chosen.title)} {dim(f'({chosen.id}: {_sort(chosen)})')}")
    print_text(chosen.gist)
    if isinstance(chosen, Invention) and chosen.same_as:
        print_text(f"Elsewhere: {', '.join(map(str, chosen.same_as))}")
    _texts(chosen)
    match chosen:
        case Architecture():
            _architecture(base, chosen)
        case Bias():
            _bias(base, chosen)
        case Claim():
            _claim(chosen)
        case Concept():
            _concept(chosen)
        case Paper():
            _paper(chosen)
        case ReadingPath():
            _path(base, chosen)
        case Theorem():
            _theorem(base, chosen)
    _evidence(base, chosen)
    _relations(base, chosen)
    _how_to_run(chosen)


def _sort(entry: Entry) -> str:
    """The kind of an entry, and its year."""
    sort = {"concept": entry.group, "paper": "paper", "path": "reading path"}.get(
        entry.kind, f"{entry.group} {entry.kind}"
    )
    return f"{sort}, {entry.year}" if entry.year else sort


def _section(title: str, lines: Iterable[str]) -> None:
    """Print a heading and lines under it; nothing where there are no lines."""
    shown = list(lines)
    if shown:
        console.print(f"\n[bold]{title}[/]")
    for line in shown:
        print_text(line, indent=4, first=2)


def _texts(entry: Entry) -> None:
    """Print the Markdown of an entry."""
    for name in ("statement", "definition", "proof", "description"):
        text = getattr(entry, name, None)
        if text and text.strip() != entry.gist:
            text = re.sub(r"\[([^]]*)\]\(kb:[^)]*\)", r"\1", text)  # what it links to is listed among the relations
            text = readable(text, around="`")
            console.print(Padding(Markdown(text), (1, 0, 0, 2)))
    _section("Equations", (_equation(each) for each in getattr(entry, "equations", ())))


def _equation(equation: Equation) -> str:
    """A formula, and where it stands."""
    if equation.source is None:
        return f"{formula(equation.latex)}   [our own: {equation.basis}]"
    return f"{formula(equation.latex)}   [{_place(equation.source)}]"


def _place(source: Source) -> str:
    """A source in one line; that its place was not checked is said."""
    origin = source.paper or source.url or f"lecture {source.deck}"
    if source.standing == "place not checked":
        return f"{origin}; {source.standing}"
    return f"{origin}, {source.at}" if source.at else str(origin)


def _architecture(base: KnowledgeBase, entry: Architecture) -> None:
    signature = entry.signature_of()
    shapes = (("in ", signature.inputs), ("out", signature.outputs))
    _section("Shapes", (f"{side} {', '.join(_shape(n, s) for n, s in named.items())}" for side, named in shapes))
    _section("Parts", (f"{part.component}: {part.role}{_only(part.variants)}" for part in entry.parts))
    _section("Sub-networks", (f"{name}: {role}" for name, role in entry.networks.items()))
    words = {"exact": "value", "bound": "upper bound", "estimate": "estimate"}
    _section("Objectives", (f"{each.name}; {words[each.value]} of: {each.of}" for each in entry.objectives))
    _traits(base, entry)
    cost = entry.complexity
    steps = f", {cost.sequential} sequential steps" if cost.sequential else ""
    _section("Cost", [f"{cost.time} time, {cost.memory} memory{steps}", *cost.meaning])
    _section("Differs from the paper", (f"{d.paper} -> {d.ours} ({d.why})" for d in entry.deviations))


def _traits(base: KnowledgeBase, entry: Architecture) -> None:
    """Print the traits of the canonical variant, and below each those of others where they differ from it."""
    rows = table("value", "trait", "scope", "known", show_header=False)
    rows.columns[1].no_wrap = rows.columns[2].no_wrap = True
    for bias in base.biases:
        cells = base.cells(entry.id, bias)
        first = next(iter(cells))
        for place, cell in (cells | base.cells_of_parts(entry.id, bias)).items():
            if cell.value != "not-applicable" and (place == first or cell.value != cells[first].value):
                where = "" if place == DEFAULT_VARIANT else dim(f"  {_where(place)}")
                name = f"{bias}\n{where}" if where and place == first else where or bias
                known = ", ".join(cell.how)
                rows.add_row(f"  {SYMBOLS[cell.value]}", name, dim(base.biases[bias].scope.weights), known)
    if rows.row_count:
        legend = ", ".join(f"{SYMBOLS[value]} {value}" for value in ("holds", "lacks", "unknown"))
        console.print(f"\n[bold]Traits[/] ({legend}), with their scope and the evidence for them")
        console.print(rows)


def _where(place: str) -> str:
    """A variant, a sub-network or single axes in words."""
    variant, _, axes = place.partition("@")
    name = f"variant {variant}".replace("variant default/", "its ").replace(f"variant {DEFAULT_VARIANT}", "")
    return f"{name} along {axes.replace('-', ', ')}".strip() if axes else name


def _only(variants: Sequence[str]) -> str:
    return f" (only {', '.join(variants)})" if variants else ""


def _shape(name: str, shape: object) -> str:
    axes = ", ".join(map(str, getattr(shape, "shape", ())))
    return f"{name} [{axes}]{'?' if getattr(shape, 'optional', False) else ''}"


def _bias(base: KnowledgeBase, entry: Bias) -> None:
    _section("Formally", [formula(entry.formal)])
    scope = entry.scope
    _section("Scope", [f"said {scope.words}, of the {scope.of}; decided by {scope.decision}"])
    _section("Assumes", [entry.assumes])
    _section("Helps when", [entry.helps_when])
    _section("Hurts when", [entry.hurts_when])
    known: dict[str, list[str]] = {"holds": [], "lacks": []}
    for architecture in base.architectures:
        cells = base.cells(architecture, entry.id)
        first = next(iter(cells))
        for variant, cell in cells.items():
            if cell.value in known and (variant == first or cell.value != cells[first].value):
                known[cell.value].append(architecture + ("" if variant == DEFAULT_VARIANT else f" ({variant})"))
    _section("Had by", [", ".join(known["holds"])] if known["holds"] else [])
    _section("Lacked by", [", ".join(known["lacks"])] if known["lacks"] else [])


def _concept(entry: Concept) -> None:
    ours = ", the use followed here"
    _section("Words", (f"{use.term}: {use.meaning}{ours if use.ours else ''}" for use in entry.terminology))
    _section("Not to be confused with", (f"{other.entry}: {other.because}" for other in entry.distinct_from))
    _section("Effects", (f"{e.effect} {bias}: {e.because}" for bias, e in entry.effects.items()))
    _section("Differs from the source", (f"{d.paper} -> {d.ours} ({d.why})" for d in entry.deviations))


def _claim(entry: Claim) -> None:
    _section("Said by", [_place(entry.source)])
    _section("References", map(_place, entry.references))
    _section("Sort", [f"{SORTS[entry.sort].one}: {SORTS[entry.sort].means}"])
    _section("Asked first", [entry.first.asks] if entry.first else [])
    departures = entry.first.departures if entry.first else []
    _section("Asked otherwise now", (f"{each.before} -> {each.now} ({each.why})" for each in departures))
    _section("Expected", (f"{condition}{_because(condition.because)}" for condition in entry.expect))
    _section("Controls", (f"{condition}{_because(condition.because)}" for condition in entry.controls))
    _section("What passing shows", [entry.scope.shows])
    _section("What it leaves open", [entry.scope.leaves_open])
    _section("Published before", (f"{each.was}: {each.why}" for each in entry.revisions))


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


def _paper(entry: Paper) -> None:
    others = "" if entry.authors_complete else " and others"
    _section("Authors", [", ".join(entry.authors) + others])
    _section("Published", [f"{entry.venue or 'unpublished'}{entry.in_venue}, {entry.published}"])


def _path(base: KnowledgeBase, entry: ReadingPath) -> None:
    for number, section in enumerate(entry.sections, start=1):
        _section(f"{number}. {section.name}", (f"{base[step.entry].id}: {step.note}" for step in section.steps))


def _theorem(base: KnowledgeBase, entry: Theorem) -> None:
    known = base.bearing(entry.id)
    premises = [f"{statement}, {base.biases[statement.bias].scope.words}" for statement in entry.premises]
    _section("If", premises)
    _section("Then", [f"{entry.conclusion}, {base.biases[entry.conclusion.bias].scope.words}"])
    _section("Proved by", [_place(entry.source)] if entry.source else [])
    _section("Met by", [", ".join(known.meets)] if known.meets else [])
    for premise, names in known.needs.items():
        _section(f"Without {premise}, and without the conclusion", [", ".join(names)] if names else [])
    because = f": {entry.converse.because}" if entry.converse else ""
    _section("Converse", [f"{known.converse}{because}"])
    _section("It has the conclusion, and not all premises", [", ".join(known.others)] if known.others else [])


def _evidence(base: KnowledgeBase, entry: Entry) -> None:
    if entry.id in base.evidence:
        title = "Evidence [yellow](stale: its sources have changed)[/]" if base.is_stale(entry.id) else "Evidence"
        _section(title, _evidence_lines(base, entry))


def _evidence_lines(base: KnowledgeBase, entry: Entry) -> Iterator[str]:
    record = base.evidence[entry.id]
    if record.peer:
        cases = ", ".join(case.case for case in record.peer.compared)
        modes = f"{record.peer.tensors:,} comparisons in evaluation and in training mode"
        yield f"{record.peer.agreement} to {record.peer.error:.0e}, relative ({modes}; {cases})"
        for case in record.peer.declined:
            yield f"not compared with its peer: {case.case} ({case.declined})"
    for result, check in zip(record.checks, getattr(entry, "checks", []), strict=False):
        yield f"checked to {result.error:.0e}: {check.statement}"
    if speed := base.speeds.get(entry.id):
        yield f"takes {speed}"
    for name, found in record.variants.items():
        flops = f", {found.flops:,} FLOPs forward" if found.flops else ""
        active = f", {found.active:,} of them active" if found.active else ""
        yield f"variant {name}: {found.parameters:,} parameters{active}{flops}"
    if record.thorough:
        yield f"in its larger form {record.thorough.verdict}, over {record.thorough.seeds} seeds"
    if record.claim:
        yield f"{record.claim.verdict}, over {record.claim.seeds} seed{'s' if record.claim.seeds > 1 else ''}"
        for condition in record.claim.conditions:
            kind = "control" if condition.control else "expected"
            values = ", ".join(f"{value:.4g}" for value in condition.values)
            yield f"{kind} {condition.condition}: {'' if condition.met else 'NOT met, '}{condition.tally} ({values})"


def _relations(base: KnowledgeBase, entry: Entry) -> None:
    relations: dict[str, list[str]] = {}
    for item in related(base, entry.id):
        is_trait = isinstance(entry, Bias) and item.relation in ("exhibits", "lacks")
        if is_trait or (RELATIONS[item.relation].apart and not item.backwards):
            continue
        relations.setdefault(item.words, []).append(item.other)
    lines = []
    for relation, others in relations.items():
        names = list(dict.fromkeys(others))
        rest = f" and {len(names) - MANY} more" if len(names) > MANY else ""
        lines.append(f"{relation}: {', '.join(names[:MANY])}{rest}")
    _section("Relations", lines)


def _how_to_run(entry: Entry) -> None:
    commands: list[tuple[str, str]] = []
    if isinstance(entry, Architecture):
        commands = [(f"kb run {entry.id}", "layers, shapes, FLOPs, one pass forward and backward")]
        for name in list(entry.variants)[:1]:
            commands.append((f"kb run {entry.id} --variant {name}", f"variants: {', '.join(entry.variants)}"))
        if entry.task:
            commands.append((f"kb run {entry.id} --train", f"train it: {entry.task.concept}"))
        commands.append((f"kb verify {entry.id} --audit 100%", "measure traits, sizes and peer again"))
    elif isinstance(entry, Claim) and entry.experiment:
        commands = [(f"kb verify {entry.id} --audit 100%", "run the experiment again")]
    elif isinstance(entry, Concept) and entry.peer:
        commands = [(f"kb verify {entry.id} --audit 100%", "compare it with its peer again")]
    elif isinstance(entry, Paper):
        commands = [(entry.link, "read it")] if entry.link else []
        commands.append((f"kb export bibtex {entry.id}", "cite it"))
    if commands:
        console.print("\n[bold]Next[/]")
        rows = table("command", "what", show_header=False)
        for line, what in commands:
            rows.add_row(f"  {line}", dim(what))
        console.print(rows)
