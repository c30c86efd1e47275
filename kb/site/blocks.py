"""Finished HTML in Markdown: lines that begin with `<`, up to the next that does not, are taken as they are.

An ordinary extension of Python-Markdown. Generated pages consist of such lines; to parse each of them, twice, is most
of what building a site would cost. What stands in a line of HTML is therefore never Markdown.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

AFTER_FENCES_BEFORE_HTML = 22


class Blocks(Preprocessor):
    """Puts lines of HTML aside before anything else looks at them."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with a mark in place of every block of HTML."""
        kept: list[str] = []
        for finished, block in groupby(lines, lambda line: line.startswith("<")):
            together = list(block)
            kept += ["", self.md.htmlStash.store("\n".join(together)), ""] if finished else together
        return kept


class FinishedHtml(Extension):
    """The extension."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Add it to a Markdown converter."""
        md.preprocessors.register(Blocks(md), "finished-html", AFTER_FENCES_BEFORE_HTML)


def makeExtension(**settings: Any) -> FinishedHtml:
    """What Python-Markdown calls for `kb.site.blocks` in a list of extensions."""
    return FinishedHtml(**settings)
