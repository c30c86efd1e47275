"""What a notebook shows of entries and answers: HTML in which every text of an entry is escaped.

Entries are untrusted, and a notebook runs what stands in its output. A picture stands in an image, whose styles and
marks are its own and whose scripts no browser runs.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Iterable

from kb.characters import printable
from kb.diagram import Diagram

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
    return "".join(formula(piece) if number % 2 else text(piece) for number, piece in enumerate(pieces))


def formula(latex: str, *, display: bool = False) -> str:
    """Return a formula as MathML; one that cannot be read stays as it is."""
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


def card(title: str, lines: Iterable[str], facts: Iterable[tuple[str, str]]) -> str:
    """Return a heading, paragraphs and pictures, and what is known by name; all but the names are pieces of HTML."""
    known = "".join(f"<dt>{text(name)}</dt><dd>{value}</dd>" for name, value in facts if value)
    return f"<div><h3>{title}</h3>{''.join(lines)}<dl>{known}</dl></div>"


def listed(items: Iterable[str]) -> str:
    """Return pieces of HTML below each other."""
    return "".join(f"<div>{item}</div>" for item in items)
