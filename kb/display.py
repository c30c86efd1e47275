"""What a notebook shows of entries and answers: HTML in which every text of an entry is escaped.

Entries are untrusted, and a notebook runs what stands in its output. A picture stands in an image, whose styles and
marks are its own and whose scripts no browser runs.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kb.characters import printable
from kb.problems import NoSuchEntryError
from kb.schema import Architecture, Claim, Concept, Entry, Paper, Theorem
from kb.version import installing

if TYPE_CHECKING:
    from kb.answers import Answers
    from kb.pictures.showing import Diagram
    from kb.query import Comparison, Explanation, Lineage

MOST_ROWS = 60
"""Rows of a table that are shown; `to_frame` has all."""


def text(value: object) -> str:
    """Return a text for HTML, with marks in place of characters that no reader sees.

    Examples:
        >>> text("<b>")
        '&lt;b&gt;'
    """
    return html.escape(printable(str(value)))


def sentence(words: str) -> str:
    """Return a text with its formulas as MathML; one that cannot be read stays as it is.

    Examples:
        >>> sentence("of $x$")[:9]
        'of <math>'
    """
    from kb.formulas import INLINE

    pieces = re.split(INLINE, words)
    return "".join(_formula(piece) if number % 2 else text(piece) for number, piece in enumerate(pieces))


def _formula(latex: str, *, display: bool = False) -> str:
    from kb.formulas import mathml

    try:
        return mathml(latex, display=display)
    except ValueError:
        return f"<code>{text(latex)}</code>"


def picture(diagram: Diagram) -> str:
    """Return a diagram as an image, with the same in words for those who do not see it."""
    data = b64encode(diagram.svg.encode()).decode()
    return f'<img style="max-width:100%" alt="{text(diagram)}" src="data:image/svg+xml;base64,{data}">'


def table(columns: Iterable[str], rows: Iterable[Iterable[str]], left_out: int = 0) -> str:
    """Return a table of pieces of HTML, and how many rows were left out."""
    head = "".join(f"<th>{text(column)}</th>" for column in columns)
    lines = ("".join(f"<td style='text-align:left;vertical-align:top'>{piece}</td>" for piece in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    rest = f"<p>and {left_out} more: <code>to_frame()</code> has all</p>" if left_out else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def entry(shown: Entry) -> str:
    """Return an entry: what it is, its picture where it is an architecture, and what its file says first."""
    year = f" ({shown.year})" if shown.year else ""
    family = "" if isinstance(shown, Paper) else f" in {text(shown.family)}"  # a paper's is its year
    about = f"{shown.kind} <code>{text(shown.id)}</code>{family}"
    head = f"<h3>{sentence(shown.title)}{year}</h3><p>{about}</p><p>{sentence(shown.gist)}</p>"
    facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _facts(shown) if value)
    return f"<div>{head}{_drawn(shown)}<dl>{facts}</dl></div>"


def _drawn(shown: Entry) -> str:
    """The picture of an architecture; where there is none, or no Graphviz to draw it, why."""
    if not isinstance(shown, Architecture):
        return ""
    try:
        return picture(shown.diagram())
    except (NoSuchEntryError, ValueError):
        return ""
    except ImportError as error:
        return f"<p>its picture needs {text(error.name)}: <code>{text(installing('site'))}</code></p>"


def _facts(shown: Entry) -> Iterator[tuple[str, str]]:
    yield "also called", ", ".join(map(sentence, shown.aliases))
    match shown:
        case Architecture():
            yield "introduced by", text(shown.introduced_by or "")
            yield "parts", _listed(f"{text(part.component)}: {sentence(part.role)}" for part in shown.parts)
            yield "variants", ", ".join(f"<code>{text(name)}</code>" for name in shown.all_variants)
            yield "time", text(shown.complexity.time)
        case Paper():
            yield "by", ", ".join(map(text, shown.authors))
            yield "in", text(shown.venue or "")
        case Concept():
            yield "definition", sentence(" ".join(shown.definition.split()))
        case Claim():
            yield "statement", sentence(" ".join(shown.statement.split()))
        case Theorem():
            yield "says", text(shown.sentence)
    equations = getattr(shown, "equations", ())
    yield "equations", "".join(f"<div>{_formula(each.latex, display=True)}</div>" for each in equations)


def _listed(items: Iterable[str]) -> str:
    return "".join(f"<div>{item}</div>" for item in items)


def answers(found: Answers[Any]) -> str:
    """Return a list of answers as a table."""
    rows = ((sentence(str(value)) if value is not None else "" for value in row) for row in found[:MOST_ROWS].rows)
    return f"<p>{text(found.number)}</p>{table(found.columns, rows, max(0, len(found) - MOST_ROWS))}"


def comparison(shown: Comparison) -> str:
    """Return entries side by side: in every row that is not the same of all, what is so of each."""
    rows = (
        (text(aspect.name), sentence(row.what), *map(_noted, row.values, row.notes))
        for aspect in shown.aspects
        for row in aspect.different
    )
    return table(("", "", *shown.entries), rows)


def _noted(value: str, note: str) -> str:
    return f"{sentence(value)}{f': {sentence(note)}' if note else ''}" if value else ""


def explanation(shown: Explanation) -> str:
    """Return the proofs of a trait, each as a list of lists; or what is missing."""
    message = f"<p>{text(shown.headline)}</p>"
    lines = shown.proofs or [list(shown.missing)]
    return message + "".join(
        f"<pre style='white-space:pre-wrap'>{chr(10).join(map(text, proof))}</pre>" for proof in lines
    )


def lineage(shown: Lineage) -> str:
    """Return what an entry came from and what came from it, oldest first."""
    rows = [
        (side, text(each.year or ""), text(each.id), text(f"{each.relation} {each.of}"), sentence(each.change))
        for side, relatives in (("before", shown.ancestors), ("after", shown.descendants))
        for each in relatives
    ]
    title = f"<p>lineage of <code>{text(shown.entry)}</code></p>"
    return title + table(("", "year", "entry", "relation", "what was changed"), rows)
