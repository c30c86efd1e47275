"""A path through a lecture: a page for every section, and what entries say of every slide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kb.knowledge_base import KnowledgeBase
from kb.schema import Entry, ReadingPath
from kb.schema.common import Erratum, texts_in
from kb.schema.path import Section
from kb.site.addresses import page_of


@dataclass
class Slide:
    """What the knowledge base has on one slide, or on a section as a whole where the heading is empty."""

    heading: str
    anchor: str
    errata: list[tuple[Entry, Erratum]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def section_page(base: KnowledgeBase, path: ReadingPath, key: str) -> str:
    """Return the folder of a section's page: `paths/lecture/deep-learning-taxonomy/s13/`."""
    return f"{page_of(base, path.id)}{key.lower()}/"


def address(base: KnowledgeBase, place: str) -> str:
    """Return where a place in a lecture is shown, such as `S13, flat minima`: a page, and the slide on it.

    Raises:
        KeyError: No path has such a section.
    """
    key, _, heading = place.partition(", ")
    for path in base.paths.values():
        section = path.section(key)
        if section:
            return section_page(base, path, key) + (f"#{_anchor(section, heading)}" if heading else "")
    raise KeyError(f"no path has a section {key!r}")


def slides(base: KnowledgeBase, section: Section) -> list[Slide]:
    """Return the slides of a section, with the entries that refer to them; after them what refers to the whole."""
    found = {heading: Slide(heading, _anchor(section, heading)) for heading in section.slides}
    whole = Slide("", "section")
    for entry in base.values():
        for heading in _headings(entry, str(section.key)):
            slide = found.get(heading, whole)
            if entry not in slide.entries:
                slide.entries.append(entry)
        for erratum in entry.errata:
            key, _, heading = erratum.at.partition(", ")
            if key == section.key:
                found.get(heading, whole).errata.append((entry, erratum))
    return [*found.values(), *([whole] if whole.entries or whole.errata else [])]


def _headings(entry: Entry, key: str) -> Iterator[str]:
    """The headings of the slides of a section that an entry refers to; an empty one for the section."""
    if entry.kind != "path":
        for steps, text in texts_in(entry):
            if steps[-1] == "deck" and text.partition(", ")[0] == key:
                yield text.partition(", ")[2]


def _anchor(section: Section, heading: str) -> str:
    return f"slide-{section.slides.index(heading) + 1}"


def errata(base: KnowledgeBase) -> list[tuple[ReadingPath, Section, list[tuple[Entry, Erratum]]]]:
    """Return all slips of lectures that entries record, by section in the order of the slides."""
    found = []
    for path in base.paths.values():
        for section in path.sections:
            listed = [pair for slide in slides(base, section) for pair in slide.errata] if section.key else []
            if listed:
                found.append((path, section, listed))
    return found
