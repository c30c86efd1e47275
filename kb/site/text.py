"""Texts of entries as HTML. Entries are untrusted: no HTML of theirs passes, and links lead to entries or to https."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import LINK_RE, LinkInlineProcessor
from markdown.treeprocessors import Treeprocessor

from kb.formulas import INLINE
from kb.site.escaping import visible
from kb.site.mathml import AFTER_CODE_BEFORE_ESCAPES, InlineFormulas

Resolve = Callable[[str], str]
"""Entry id to address; raises KeyError for an unknown id."""

SAFE = re.compile(r"^(https?://|#)")
REFERENCES = ("reference", "short_reference", "image_reference", "short_image_ref", "image_link")
PLAIN = re.compile(r"[^\W\d_][^`*_\[\]<>&$!|#~{}\\]*")
"""A line with nothing that Markdown could read as anything else: most are, and it is slow."""
LONGEST_LINK = 500
"""Characters in which a link has to end: brackets that never close are then looked at once, and not once for each."""


class _Link(LinkInlineProcessor):
    """Reads `[text](address)`."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | str | None, int | None, int | None]:  # type: ignore[override]
        return super().handleMatch(m, data[: m.end(0) + LONGEST_LINK])


class _Links(Treeprocessor):
    """Resolves `kb:lstm`, and drops the address of every link that is neither that nor a web page."""

    resolve: Resolve

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag == "a":
                address = element.get("href", "")
                if address.startswith("kb:"):
                    element.set("href", self._address(address.removeprefix("kb:")))
                elif not SAFE.match(address):
                    element.attrib = {}

    def _address(self, entry_id: str) -> str:
        try:
            return self.resolve(entry_id)
        except KeyError:
            raise ValueError(f"a link to kb:{entry_id} leads nowhere") from None


class _EntryText(Extension):
    """Markdown without raw HTML, with formulas and links to entries, which say where they lead where they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.links: _Links

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.parser.blockprocessors.deregister("reference")
        for name in ("html", "entity", "autolink", "automail", *REFERENCES):
            md.inlinePatterns.deregister(name)
        md.inlinePatterns.register(_Link(LINK_RE, md), "link", 160)
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
        ValueError: A link leads to no entry, or a formula is not understood.
    """
    converter, links = _converter()
    links.resolve = resolve
    return converter.reset().convert(visible(text))


def line(text: str, resolve: Resolve) -> str:
    """Return Markdown of one line as HTML without a paragraph around it."""
    if PLAIN.fullmatch(text) and text.isprintable():
        return text
    return paragraphs(text, resolve).removeprefix("<p>").removesuffix("</p>")
