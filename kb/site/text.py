"""Texts of entries as HTML. Entries are untrusted: no HTML of theirs passes, and links lead to entries or to https."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from kb.formulas import INLINE
from kb.site.mathml import AFTER_CODE_BEFORE_ESCAPES, InlineFormulas

Resolve = Callable[[str], str]
"""Entry id to address; raises KeyError for an unknown id."""

SAFE = re.compile(r"^(https?://|#)")


class _Links(Treeprocessor):
    """Resolves `kb:lstm`, and drops the address of every link that is neither that nor https, and every image."""

    resolve: Resolve

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag == "img":
                element.tag, element.attrib = "span", {}
            if element.tag == "a":
                address = element.get("href", "")
                if address.startswith("kb:"):
                    element.set("href", self.resolve(address.removeprefix("kb:")))
                elif not SAFE.match(address):
                    element.attrib = {}


class _EntryText(Extension):
    """Markdown without raw HTML, with formulas and links to entries."""

    def __init__(self) -> None:
        super().__init__()
        self.links: _Links

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        md.inlinePatterns.deregister("autolink")
        md.inlinePatterns.register(InlineFormulas(INLINE, md), "formula", AFTER_CODE_BEFORE_ESCAPES)
        self.links = _Links(md)
        md.treeprocessors.register(self.links, "links", 5)


@lru_cache(maxsize=1)
def _converter() -> tuple[Markdown, _Links]:
    """The converter of all texts, which is slow to make, and the part of it that must know the page."""
    extension = _EntryText()
    return Markdown(extensions=[extension, "sane_lists", "tables"]), extension.links


def paragraphs(text: str, resolve: Resolve) -> str:
    """Return Markdown as HTML paragraphs.

    Args:
        text: Markdown of an entry.
        resolve: Entry id to address, relative to the page that the text is for.

    Raises:
        KeyError: A link leads to no entry.
        ValueError: A formula is not understood.
    """
    converter, links = _converter()
    links.resolve = resolve
    return converter.reset().convert(text)


def line(text: str, resolve: Resolve) -> str:
    """Return Markdown of one line as HTML without a paragraph around it."""
    return paragraphs(text, resolve).removeprefix("<p>").removesuffix("</p>")
