r"""Formulas in Markdown, `$...$` in a line and `$$...$$` on their own, as MathML.

An ordinary extension of Python-Markdown: `mkdocs.yml` names it for the pages written by hand, and texts of entries use
its inline part. No script and no network are needed to show the result.
"""

from __future__ import annotations

import re
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from kb.formulas import INLINE, mathml

DISPLAY = r"(?<![\\$])\$\$((?:[^$\n]|\n(?!\n))+?)\$\$"
AFTER_CODE_BEFORE_ESCAPES = 185


def formula(latex: str, *, display: bool = False) -> str:
    """Return a formula as MathML in an element that the search leaves out.

    Raises:
        ValueError: The formula is not understood.

    Examples:
        >>> formula("x")[:25]
        '<span class="symbol" data'
    """
    tag, style = ("div", "formula") if display else ("span", "symbol")
    rendered = mathml(latex, display=display).replace("\n", " ")
    return f'<{tag} class="{style}" data-search-exclude>{rendered}</{tag}>'


class InlineFormulas(InlineProcessor):
    """Turns `$...$` into MathML, before anything else looks at the characters inside."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        """Return the element for one formula, and where it began and ended."""
        return self.md.htmlStash.store(formula(m.group(1))), m.start(0), m.end(0)


class DisplayFormulas(InlineProcessor):
    """Turns `$$...$$` into MathML of its own line; a `span`, because it stands in a paragraph."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        """Return the element for one formula, and where it began and ended."""
        rendered = mathml(m.group(1), display=True).replace("\n", " ")
        html = f'<span class="formula" data-search-exclude>{rendered}</span>'
        return self.md.htmlStash.store(html), m.start(0), m.end(0)


class Formulas(Extension):
    """The extension, with both forms."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Add both forms to a Markdown converter."""
        md.inlinePatterns.register(DisplayFormulas(DISPLAY, md), "display-formula", AFTER_CODE_BEFORE_ESCAPES + 1)
        md.inlinePatterns.register(InlineFormulas(INLINE, md), "formula", AFTER_CODE_BEFORE_ESCAPES)


def makeExtension(**settings: Any) -> Formulas:
    """What Python-Markdown calls for `kb.site.mathml` in a list of extensions."""
    return Formulas(**settings)
