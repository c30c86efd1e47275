"""Texts of entries as HTML. Entries are untrusted: no HTML of theirs passes, and links lead to entries or to https."""

from __future__ import annotations

import re
from collections.abc import Callable
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

    def __init__(self, md: Markdown, resolve: Resolve) -> None:
        super().__init__(md)
        self.resolve = resolve

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

    def __init__(self, resolve: Resolve) -> None:
        super().__init__()
        self.resolve = resolve

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        md.inlinePatterns.deregister("autolink")
        md.inlinePatterns.register(InlineFormulas(INLINE, md), "formula", AFTER_CODE_BEFORE_ESCAPES)
        md.treeprocessors.register(_Links(md, self.resolve), "links", 5)


def paragraphs(text: str, resolve: Resolve) -> str:
    """Return Markdown as HTML paragraphs.

    Args:
        text: Markdown of an entry.
        resolve: Entry id to address, relative to the page that the text is for.

    Raises:
        KeyError: A link leads to no entry.
        ValueError: A formula is not understood.
    """
    return Markdown(extensions=[_EntryText(resolve), "sane_lists", "tables"]).convert(text)


def line(text: str, resolve: Resolve) -> str:
    """Return Markdown of one line as HTML without a paragraph around it."""
    return paragraphs(text, resolve).removeprefix("<p>").removesuffix("</p>")
