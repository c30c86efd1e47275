"""A path through a lecture: a page for every section, and what entries say of every slide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.knowledge_base import KnowledgeBase
from kb.schema import Entry, ReadingPath
from kb.schema.common import Erratum
from kb.schema.model import texts_in
from kb.schema.path import Section
from kb.site.addresses import page_of

Slips = Mapping[str, list[tuple[Entry, Erratum]]]
"""Errata with the entries that record them, by places such as `S13, flat minima`."""


@dataclass(frozen=True)
class Slide:
    """What the knowledge base has on one slide, or on a section as a whole where the heading is empty."""

    heading: str
    anchor: str
    errata: list[tuple[Entry, Erratum]]
    entries: list[Entry]


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


def mentions(base: KnowledgeBase) -> dict[str, list[Entry]]:
    """Return the entries that refer to a place, other than paths, by places such as `S13, flat minima`."""
    found: dict[str, dict[str, Entry]] = {}
    for entry in base.values():
        for steps, text in texts_in(entry) if entry.kind != "path" else ():
            if steps[-1] == "deck":
                found.setdefault(text, {})[entry.id] = entry
    return {place: [*entries.values()] for place, entries in found.items()}


def slips(base: KnowledgeBase) -> dict[str, list[tuple[Entry, Erratum]]]:
    """Return the errata that entries record, by place."""
    found: dict[str, list[tuple[Entry, Erratum]]] = {}
    for entry in base.values():
        for erratum in entry.errata:
            found.setdefault(erratum.at, []).append((entry, erratum))
    return found


def slides(section: Section, mentioned: Mapping[str, list[Entry]], errata: Slips) -> list[Slide]:
    """Return the slides of a section, and after them the section as a whole where something refers to it."""
    key = str(section.key)
    found = [
        Slide(heading, _anchor(section, heading), errata.get(place, []), mentioned.get(place, []))
        for heading, place in ((heading, f"{key}, {heading}") for heading in section.slides)
    ]
    whole = Slide("", "section", errata.get(key, []), mentioned.get(key, []))
    return [*found, whole] if whole.errata or whole.entries else found


def _anchor(section: Section, heading: str) -> str:
    return f"slide-{section.slides.index(heading) + 1}"


def listed(base: KnowledgeBase, errata: Slips) -> list[tuple[Section, list[tuple[Entry, Erratum]]]]:
    """Return the sections of lectures that have slips, with these in the order of the slides."""
    found = []
    for section in (section for path in base.paths.values() for section in path.sections if section.key):
        places = [*(f"{section.key}, {heading}" for heading in section.slides), str(section.key)]
        if of_section := [pair for place in places for pair in errata.get(place, [])]:
            found.append((section, of_section))
    return found
