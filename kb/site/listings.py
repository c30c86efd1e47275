"""Listings of code on pages: with an address for every line, and the lines that compute an equation beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from kb import links
from kb.anchors import Lines, NoSuchPlaceError, Span, lines_of, together
from kb.knowledge_base import KnowledgeBase
from kb.schema import Architecture, Concept, Entry
from kb.schema.common import Equation
from kb.site.addresses import page_of
from kb.site.escaping import one_line, visible
from kb.site.highlighting import highlighted

CODE = "code/"
"""The folder of the code of an entry, below its page."""


@dataclass(frozen=True)
class Excerpt:
    """Lines of a source that follow each other.

    Args:
        place: Where they stand, on the page of an entry's code.
        span: The first and the last of them.
        text: What they say, without the indentation that they share.
        owner: The title of the entry that they belong to, if it is another one.
    """

    place: str
    span: Span
    text: str
    owner: str = ""

    @property
    def words(self) -> str:
        """The numbers of the lines.

        Examples:
            >>> Excerpt("", (4, 6), "").words, Excerpt("", (4, 4), "", "Gate").words
            ('lines 4–6', 'Gate, line 4')
        """
        first, last = self.span
        numbers = f"line {first}" if first == last else f"lines {first}–{last}"
        return f"{self.owner}, {numbers}" if self.owner else numbers


def anchor(span: Span) -> str:
    """Return the name of lines on the page of a code: `L12`, or `L12-L15` of several."""
    first, last = span
    return f"L{first}" if first == last else f"L{first}-L{last}"


class Listings:
    """The lines of code of a knowledge base, and where on the site they stand."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base

    @cached_property
    def owners(self) -> dict[str, str]:
        """The entry on whose page a module stands, by the name of the module."""
        own = {entry.id: getattr(entry, "implementation", None) for entry in self.base.values()}
        return {str(link).partition(":")[0]: entry_id for entry_id, link in own.items() if link}

    @cached_property
    def spans(self) -> dict[str, set[Span]]:
        """The lines of each module that some equation leads to."""
        found: dict[str, set[Span]] = {}
        for entry in self.base.values():
            for equation in getattr(entry, "equations", ()):
                for lines in self._lines(entry, equation):
                    found.setdefault(lines.module, set()).update(lines.spans)
        return found

    def computing(self, entry: Entry) -> list[list[Excerpt]]:
        """Return what computes each equation of an entry; nothing where that is not said."""
        return [list(self._excerpts(entry, equation)) for equation in getattr(entry, "equations", ())]

    def _excerpts(self, entry: Entry, equation: Equation) -> Iterator[Excerpt]:
        for module, spans in ((lines.module, lines.spans) for lines in self._lines(entry, equation)):
            text = links.read(links.source_file(self.base.root, module)).splitlines()
            owner = self.base[self.owners.get(module, entry.id)]
            page, named = page_of(self.base, owner.id) + CODE, owner.title if owner.id != entry.id else ""
            for first, last in spans:
                code = textwrap.dedent("\n".join(text[first - 1 : last]))
                yield Excerpt(f"{page}#{anchor((first, last))}", (first, last), code, named)

    def _lines(self, entry: Entry, equation: Equation) -> list[Lines]:
        """The lines of an equation by module; a place that there is not is left out, as a rule reports it."""
        if not isinstance(entry, Architecture | Concept) or not entry.implementation:
            return []
        found = []
        for place in equation.code:
            try:
                found.append(lines_of(self.base.root, entry.implementation, place))
            except (NoSuchPlaceError, links.SourceError):
                continue
        return together(found)


def numbered(source: str, spans: set[Span], prefix: str = "") -> Markup:
    """Return Python source as HTML on one line, in which every line has an address, as have the given spans.

    Args:
        source: The source.
        spans: Lines that are led to together.
        prefix: Of the addresses, where a page has several sources.
    """
    rows = highlighted(visible(source).rstrip()).splitlines()
    starts: dict[int, list[Span]] = {}
    for span in sorted(span for span in spans if span[0] < span[1]):
        starts.setdefault(span[0], []).append(span)
    made = []
    for number, row in enumerate(rows, start=1):
        marks = "".join(f'<span id="{prefix}{anchor(span)}"></span>' for span in starts.get(number, ()))
        address = f"{prefix}L{number}"
        mark = f'<a href="#{address}" data-line="{number}" tabindex="-1" aria-hidden="true"></a>'
        made.append(f'<span class="line" id="{address}">{marks}{mark}{row}\n</span>')
    return one_line(f'<div class="highlight numbered"><pre><code>{"".join(made)}</code></pre></div>')
