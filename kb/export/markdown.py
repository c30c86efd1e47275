"""An entry as plain Markdown, for people and programs that read text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from kb.base import Base
from kb.export.characters import printable
from kb.query.related import related
from kb.schema import Architecture, Entry, Paper, ReadingPath
from kb.schema.common import Equation, Source

Resolve = Callable[[str], str]
"""Entry id to address."""
TEXTS = ("statement", "definition", "description", "proof")


def markdown(base: Base, entry_id: str, resolve: Resolve = "kb:{}".format) -> str:
    """Return what an entry says, its relations, and what is known of its inductive biases.

    Args:
        base: The knowledge base.
        entry_id: The entry.
        resolve: Where a link to another entry leads; default is its name in the knowledge base, such as `kb:lstm`.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> markdown(kb.load(), "lstm").splitlines()[0]
        '# Long short-term memory'
    """
    entry = base[entry_id]
    parts = [f"# {_line(entry.title)}", _line(entry.gist), *_facts(base, entry)]
    for name in TEXTS:
        text = getattr(entry, name, None)
        if text and text.strip() != entry.gist:
            parts.append(re.sub(r"\]\(kb:([^)\s]+)\)", lambda found: f"]({resolve(found[1])})", text.strip()))
    if isinstance(entry, ReadingPath):
        parts += _steps(base, entry, resolve)
    parts += _section("Equations", (_equation(base, each) for each in getattr(entry, "equations", ())))
    if isinstance(entry, Architecture):
        parts += _section("Inductive biases", _traits(base, entry, resolve))
    parts += _section("Relations", _relations(base, entry, resolve))
    return printable("\n\n".join(parts)) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _section(title: str, lines: Iterable[str]) -> list[str]:
    """A heading with a list beneath; nothing where the list is empty."""
    listed = [f"- {line}" for line in lines]
    return [f"## {title}", "\n".join(listed)] if listed else []


def _facts(base: Base, entry: Entry) -> Iterator[str]:
    """Kind, year and names, and the record of a paper, on one line."""
    facts = [f"{entry.group} {entry.kind}" if entry.kind != "paper" else "paper", f"id `{entry.id}`"]
    if entry.year:
        facts.append(str(entry.year))
    if entry.aliases:
        facts.append(f"also called {', '.join(map(_line, entry.aliases))}")
    if isinstance(entry, Paper):
        facts += [", ".join(map(_line, entry.authors)), *filter(None, [entry.venue, entry.link])]
    record = base.evidence.get(entry.id)
    if record and record.claim:
        facts.append(f"verdict: {record.claim.verdict}")
    yield "; ".join(facts) + "."


def _steps(base: Base, path: ReadingPath, resolve: Resolve) -> Iterator[str]:
    for section in path.sections:
        named = (f"[{_line(base[step.entry].title)}]({resolve(step.entry)})" for step in section.steps)
        yield from _section(_line(section.name), named)


def _equation(base: Base, equation: Equation) -> str:
    """A formula, and where it stands."""
    where = _place(base, equation.source) if equation.source else f"our own: {equation.basis}"
    return f"${_line(equation.latex)}$ ({_line(where)})"


def _place(base: Base, source: Source) -> str:
    origin = base.papers[source.paper].citation if source.paper else source.url or f"lecture, {source.deck}"
    return f"{origin}, {source.at or source.standing}"


def _traits(base: Base, entry: Architecture, resolve: Resolve) -> Iterator[str]:
    """What the canonical variant has and lacks, each with what it rests on."""
    for bias in base.biases.values():
        cell = base.trait(entry.id, bias.id)
        if cell.value in ("holds", "lacks", "differs"):
            yield f"{cell.value}: [{bias.title}]({resolve(bias.id)}) ({', '.join(cell.how)})"


def _relations(base: Base, entry: Entry, resolve: Resolve) -> Iterator[str]:
    """All but the biases, which stand above; one line for all places of one paper."""
    notes: dict[tuple[str, str], dict[str, None]] = {}
    for item in related(base, entry.id):
        if item.relation not in ("exhibits", "lacks") or item.backwards:
            variant = f"variant {item.variant}" if item.variant else ""
            found = notes.setdefault((item.words, item.other), {})
            found |= dict.fromkeys(filter(None, (_line(item.reason), variant)))
    for (words, other), found in notes.items():
        yield f"{words} [{_line(base[other].title)}]({resolve(other)}){': ' if found else ''}{'; '.join(found)}"
