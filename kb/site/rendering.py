"""From a template and what it is about to a page: the tools that templates have, and the check that a page is safe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.pictures.colours import style
from kb.schema import SORTS, VERDICTS, Architecture, Claim, Entry, Source
from kb.site import explorables, figures, lecture, neighbourhood, pictures, text
from kb.site.addresses import folder_of, page_of, relative, trait_place
from kb.site.escaping import faults, fence, front_matter, heading, one_line, visible, words
from kb.site.mathml import formula

ON_THE_HOME_PAGE = 2
"""Architectures of each family in the picture there, which has to fit beside the search field."""
WIDEST = 42
"""Characters of a formula that has room beside code; a longer one stands above it."""
SYMBOLS = {"holds": "✓", "lacks": "✗", "unknown": "?", "not-applicable": "–", "differs": "◐"}
DRAWS_THAT_DECIDE = {
    "every": "One draw that refutes it is enough: the bias is said of all weights.",
    "most": "The median of the draws decides: the bias is said of weights as initialisation draws them.",
    "one": "One draw that shows it is enough: the smallest error decides.",
}
WORDS = {
    "holds": "has it", "lacks": "lacks it", "unknown": "not known", "not-applicable": "does not apply",
    "differs": "depends on the variant",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A generated file: its path below the folder of pages, and its text."""

    path: str
    text: str


class Renderer:
    """Renders templates for pages of a knowledge base."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base

    def page(self, template: str, path: str, **values: Any) -> Page:
        """Render a template for the page at a path, with links relative to where it will stand.

        Raises:
            ValueError: A link or a formula of an entry leads nowhere or is not understood, or the page is not safe.
        """
        folder = folder_of(path)

        def to(target: str) -> str:
            return relative(target, folder)

        def link(entry_id: str) -> str:
            return to(page_of(self.base, entry_id))

        tools = {
            "base": self.base,
            "to": to,
            "link": link,
            "md": lambda value: one_line(text.paragraphs(value, link)),
            "md_line": lambda value: one_line(text.line(value, link)),
            "formula": lambda latex: one_line(formula(latex, display=True)),
            "trait_link": lambda architecture, bias: to(trait_place(self.base, architecture, bias)),
            "verdict": self.verdict,
            "picture": self._picture(folder, link),
            "numbers": figures.numbers,
            "figure_of": partial(explorables.figure_of, self.base),
            "sampled": figures.sampled,
            "source": lambda value: one_line(self._source(value, link, to)),
            "place": lambda value: one_line(self._place(value, to)),
            "folder": folder,
        }
        try:
            made = visible(_environment().get_template(template).render(**tools, **values)).strip() + "\n"
        except (KeyError, ValueError) as error:
            raise ValueError(f"page {path}: {error}") from error
        for fault in faults(made):
            raise ValueError(f"page {path} is not safe: {fault}; this is a fault of kb, not of the entries")
        return Page(path, made)

    def verdict(self, claim: Claim) -> str:
        """Return what the experiment found, or the status of a claim without one."""
        record = self.base.evidence.get(claim.id)
        return record.claim.verdict if record and record.claim else claim.status

    def _picture(self, folder: str, link: Callable[[str], str]) -> Callable[..., Markup]:
        def drawn(kind: str, entry: Entry | None) -> str:
            if kind in ("families", "taxonomy"):
                most = ON_THE_HOME_PAGE if kind == "families" else None
                return neighbourhood.families(self.base, link, lambda group: relative(group, folder), most)
            if kind == "exact":
                return neighbourhood.exact_relations(self.base, link)
            assert entry is not None
            if kind == "relations":
                return neighbourhood.relations(self.base, entry, link)
            if kind == "relatives" and isinstance(entry, Architecture):
                return neighbourhood.relatives(self.base, entry, link)
            return self._figure(entry) if kind == "figure" and isinstance(entry, Claim) else ""

        return lambda kind, entry=None: one_line(drawn(kind, entry))

    def _figure(self, claim: Claim) -> str:
        record = self.base.evidence.get(claim.id)
        measured = record.claim if record else None
        return figures.draw(claim.picture, measured, claim.id) if claim.picture and measured else ""

    def _source(self, source: Source | None, link: Callable[[str], str], to: Callable[[str], str]) -> Markup:
        """A source as a short link: paper and place, page, or slide of the lecture."""
        if source is None:
            return Markup("")
        at = f", {source.at}" if source.at else ""
        if source.paper:
            paper = self.base.papers[source.paper]
            return Markup('<a class="cite" href="{}">{}</a>{}').format(link(paper.id), paper.citation, at)
        if source.url:
            return Markup('<a class="cite" href="{}" rel="noopener">{}</a>{}').format(source.url, source.url, at)
        return self._place(str(source.deck), to) + at

    def _place(self, place: str, to: Callable[[str], str]) -> Markup:
        return Markup('<a class="cite" href="{}">lecture, {}</a>').format(to(lecture.address(self.base, place)), place)


@cache
def _environment() -> Environment:
    """Templates with everything escaped that is not marked as HTML."""
    environment = Environment(
        loader=PackageLoader("kb.site"),
        autoescape=True,
        finalize=words,
        undefined=StrictUndefined,
        comment_start_string="{##",  # `{#` begins the anchor of a Markdown heading
        comment_end_string="##}",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = lambda name: name.replace("-", " ")
    environment.filters["capital"] = lambda name: name[:1].upper() + name[1:]
    environment.filters["zip_with"] = zip
    environment.filters["error"] = lambda error: (
        "0" if error == 0 else f"{error:.0e}" if error < 1e-3 else f"{error:.2g}"
    )
    environment.filters |= {"heading": heading, "one_line": one_line, "folded": pictures.folded}
    environment.filters["lines"] = lambda text: one_line(str(escape(text)))
    environment.globals |= {"front": front_matter, "fence": fence, "symbol_of": _symbol}
    environment.globals |= {"kinds": KINDS, "symbols": SYMBOLS, "words": WORDS, "verdicts": VERDICTS, "sorts": SORTS}
    environment.globals["widest"] = WIDEST
    environment.globals |= {"draws_that_decide": DRAWS_THAT_DECIDE, "picture_style": Markup(_dense(style()))}
    return environment


def _dense(sheet: str) -> str:
    """Return a style sheet without the spaces and line breaks that only people need."""
    return re.sub(r"\s*([{};,])\s*", r"\1", sheet)


def _symbol(name: str) -> str:
    """Return a symbol of an equation as a formula, or as it is where it is none."""
    try:
        return one_line(formula(name))
    except ValueError:
        return name
