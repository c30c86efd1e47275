"""Which pages there are: one for every entry, and those about all of them. None is made before it is asked for."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from kb.editions import editions
from kb.evidence import TraitEvidence
from kb.export import bibtex, bibtex_of_entry, file_name, schema_org
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.links import read
from kb.naming import folded
from kb.query import conjectures
from kb.query.openness import by_reason, unmeasured
from kb.query.related import related
from kb.query.remedies import problems
from kb.query.verdicts import in_words, verdicts
from kb.relations import RELATIONS
from kb.schema import Architecture, Bias, Claim, Concept, Entry, Paper, ReadingPath, Theorem
from kb.schema.common import Erratum
from kb.schema.path import Section
from kb.site import asking, comparing, explorables, explorer, figures, kin, lecture, machine, matrix, pictures, routes
from kb.site.addresses import TRAITS, page_of
from kb.site.escaping import front_matter, one_line
from kb.site.explorer import choosing, static
from kb.site.listings import Listings, numbered
from kb.site.rendering import ON_THE_HOME_PAGE, Page, Renderer
from kb.sources import sources

MOST = 25
"""Entries of a family beside the page of one of them."""
FIRST = 25
"""Unknown traits that are listed one by one."""
AGREE, LISTED = 5, 100
"""Architectures that must agree with an implication of two premises, and how many implications are listed."""

OF_TRAITS = ("exhibits", "lacks")
"""Relations that pages list with their evidence, in a section of its own."""

Values = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A page that is to be made: its template, and how to get what that is filled with."""

    template: str
    values: Callable[[], Values]


class Writer:
    """Writes the pages of a knowledge base."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.renderer = Renderer(base)
        self.listings = Listings(base)
        self.comparing = comparing.Comparing(base)

    def pages(self) -> Iterator[Page]:
        """Yield every page."""
        for path in self.sheets:
            yield self.page(path)

    def page(self, path: str) -> Page:
        """Make the page at a path, such as `architectures/recurrent/lstm.md`.

        Raises:
            KeyError: There is no page at this path.
            ValueError: It cannot be made.
        """
        sheet = self.sheets[path]
        return self.renderer.page(sheet.template, path, **sheet.values())

    @cached_property
    def data(self) -> dict[str, Callable[[], str | bytes]]:
        """Files beside pages that hold what these show, by path: how to make each."""
        found: dict[str, Callable[[], str | bytes]] = {
            **explorer.files(self.base, self.comparing),
            **machine.data(self.base),
            **explorables.files(self.base),
        }
        for claim in self.base.claims.values():
            record = self.base.evidence.get(claim.id)
            if claim.picture and record and record.claim:
                place = f"{page_of(self.base, claim.id)}figure.csv"
                found[place] = partial(figures.table, claim.picture, record.claim)
        return found

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """All pages by their path below the folder of pages."""
        return dict(self._sheets())

    def _sheets(self) -> Iterator[tuple[str, Sheet]]:
        base = self.base
        yield "index.md", Sheet("home.md", self._home)
        yield "explore.md", Sheet("explore.md", lambda: {"rows": static.rows(base)})
        yield (
            "choose.md",
            Sheet("choose.md", lambda: {"questions": choosing.questions(base), "gaps": choosing.gaps(base)}),
        )
        yield "matrix.md", Sheet("matrix.md", dict)
        yield from self._comparisons()
        stated = [claim for claim in base.claims.values() if claim.relation]
        yield "relations.md", Sheet("relations.md", lambda: {"claims": stated})
        yield "open.md", Sheet("open.md", self._open)
        yield "conjectures.md", Sheet("conjectures.md", self._conjectures)
        if found := problems(base):
            yield "problems.md", Sheet("problems.md", lambda: {"diagnoses": [base.remedies(each) for each in found]})
        if slips := lecture.listed(base, self._slips):
            yield "errata.md", Sheet("errata.md", lambda: {"errata": slips})
        if moved := explorables.explorables(base):
            yield "explorables.md", Sheet("explorables.md", lambda: {"explorables": moved})
        for kind in KINDS:
            yield from self._indexes(kind)
        yield "names.md", Sheet("names.md", self._names)
        yield from self._earlier()
        for entry in base.values():
            yield from self._entry(entry)

    def _earlier(self) -> Iterator[tuple[str, Sheet]]:
        """A page that leads on wherever an entry has been in some edition."""
        names = {name: entry for entry in self.base.values() for name in (entry.id, *entry.formerly)}
        current = {page_of(self.base, entry_id).rstrip("/") for entry_id in self.base}
        for place in (place for edition in editions(self.base.root) for place in edition.places):
            if place not in current and (entry := names.get(posixpath.basename(place))):
                yield f"{place}.md", Sheet("moved.md", partial(dict, entry=entry, formerly=place))

    def _home(self) -> Values:
        architectures = self.base.architectures
        records = [self.base.evidence[entry_id] for entry_id in architectures if entry_id in self.base.evidence]
        return {
            "counts": Counter(entry.kind for entry in self.base.values()),
            "compared": sum(record.peer is not None or bool(record.checks) for record in records),
            "most": ON_THE_HOME_PAGE,
            "claims_in_words": in_words(self.base),
            "examples": asking.examples(self.base, self.comparing),
            "failed": asking.failed(self.base),
        }

    def _comparisons(self) -> Iterator[tuple[str, Sheet]]:
        """The page that compares any architectures, and one for every pair of relatives."""
        found = self.comparing
        yield "compare.md", Sheet("compare.md", lambda: {"pairs": found.pairs, "pair_page": comparing.place})
        for pair in found.pairs:
            yield f"{comparing.place(pair).rstrip('/')}.md", Sheet("pair.md", partial(found.values, pair))

    def _open(self) -> Values:
        claims, concepts, cells = self.base.claims.values(), self.base.concepts.values(), self.base.open()
        return {
            "cells": cells,
            "first": FIRST,
            "groups": by_reason(cells),
            "unmeasured": unmeasured(self.base),
            "unsettled": [claim for claim in claims if self.renderer.verdict(claim) != "supported"],
            "questions": [concept for concept in concepts if concept.category == "question"],
        }

    def _conjectures(self) -> Values:
        """Implications that nothing proves or refutes."""
        table = conjectures.Matrix(self.base)
        two = [(each, conjectures.nearest(table, each)) for each in conjectures.mine(table, 2, AGREE)[:LISTED]]
        return {
            "conjectures": conjectures.mine(table)[:LISTED],
            "two": two,
            "counts": conjectures.standings(table),
        }

    @cached_property
    def _known(self) -> kin.Values:
        return kin.values(self.base)

    @cached_property
    def _mentions(self) -> dict[str, list[Entry]]:
        return lecture.mentions(self.base)

    @cached_property
    def _slips(self) -> dict[str, list[tuple[Entry, Erratum]]]:
        return lecture.slips(self.base)

    def _names(self) -> Values:
        """All names, by first letter; those that begin with none come last."""
        letters: dict[str, list[tuple[str, Entry]]] = {}
        named = [(name, entry) for entry in self.base.values() for name in (entry.title, *entry.aliases)]
        for name, entry in sorted(named, key=lambda pair: (folded(pair[0]), pair[1].id)):
            first = folded(name)[:1].upper()
            letters.setdefault(first if first.isalpha() else "0–9", []).append((name, entry))
        ordered = dict(sorted(letters.items(), key=lambda pair: (pair[0] == "0–9", pair[0])))
        return {"letters": ordered, "count": len(named)}

    def _indexes(self, kind: str) -> Iterator[tuple[str, Sheet]]:
        title, folder = KINDS[kind].title, KINDS[kind].folder
        groups = {group: members for (of, group), members in self._groups.items() if of == kind}
        ordered = dict(sorted(groups.items(), reverse=kind == "paper"))
        yield (
            f"{folder}/index.md",
            Sheet("kind.md", lambda: {"kind": kind, "title": title, "groups": ordered, "counted": verdicts(self.base)}),
        )
        for group, members in ordered.items():
            sheet = Sheet("group.md", partial(dict, kind=kind, group=group, members=members))
            yield f"{folder}/{group}/index.md", sheet

    def _entry(self, entry: Entry) -> Iterator[tuple[str, Sheet]]:
        """The page of an entry, and those that belong to it."""
        place = page_of(self.base, entry.id).rstrip("/")
        yield f"{place}.md", Sheet(f"{entry.kind}.md", partial(self._values, entry))
        if isinstance(entry, Architecture):
            yield f"{place}/{TRAITS.rstrip('/')}.md", Sheet("traits.md", partial(self._traits, entry))
        if isinstance(entry, ReadingPath):
            yield from self._sections(entry)
        for old in entry.formerly:
            before = f"{posixpath.dirname(place)}/{old}"
            yield f"{before}.md", Sheet("moved.md", partial(dict, entry=entry, formerly=before))
        if sources(self.base, entry):
            yield f"{place}/code.md", Sheet("code.md", partial(self._code, entry))

    def _values(self, entry: Entry) -> Values:
        """What the template for an entry of any kind is filled with."""
        relatives = kin.relatives(self.base, entry, self._known) if isinstance(entry, Architecture) else []
        values: Values = {
            "front": partial(
                front_matter,
                linked=schema_org(self.base, entry.id, self.base.title),
                source=self.base.files[entry.id].relative_to(self.base.root).as_posix(),
            ),
            "cited_as": bibtex_of_entry(entry, self.base.title, self.base.version),
            "entry": entry,
            "record": self.base.evidence.get(entry.id),
            "stale": self.base.is_stale(entry.id),
            "relations": self._relations(entry, {(relative.words, relative.entry.id) for relative in relatives}),
            "family": self._family(entry),
            "stops": routes.stops(self.base, entry.id),
            "computing": self.listings.computing(entry),
            "explorables": explorables.on(self.base, entry.id),
        }
        match entry:
            case Architecture():
                values["signature"] = entry.signature_of()
                values["axes"] = {a: self.base.axis_of(entry.id, a) for a in sorted(entry.signature_of().named)}
                values["squares"] = matrix.row(self.base, entry)
                values["relatives"] = relatives
                values["pair_page"] = self.comparing.place
                values["published"] = {
                    n: v for n, v in entry.all_variants.items() if v.stated or v.parameters is not None
                }
                values["pictures"] = pictures.pictures(self.base, entry)
                if values["pictures"]:
                    values["front"] = partial(values["front"], card=machine.CARD)
                values["stages"] = pictures.stages(self.base, entry)
                values["alone"] = file_name(entry)
                values["abilities"] = self.base.representations.derived(entry.id)
            case Bias():
                values["column"] = matrix.by_value(matrix.column(self.base, entry))
            case Concept():
                values["effects"] = entry.effects
            case Theorem():
                values["bearing"] = self.base.bearing(entry.id)
            case Paper():
                values["bibtex"] = bibtex(entry)
        return values

    def _traits(self, entry: Architecture) -> Values:
        """Every trait of an architecture that applies: what was measured, and the proofs."""
        squares = matrix.row(self.base, entry)
        proofs = [self._proof(entry, square) for square in squares]
        return {"entry": entry, "proofs": proofs, "measured": self._measured(entry)}

    def _proof(self, entry: Architecture, square: matrix.Square) -> Values:
        record, bias = self.base.evidence.get(entry.id), square.bias.id
        drawn = figures.degrees(record.curves if record else (), bias, square.cell.variant)
        return {
            "square": square,
            "explanations": {names[0]: self.base.why(entry.id, bias, names[0]) for names in square.by_value.values()},
            "places": {**square.variants, **self.base.cells_of_parts(entry.id, bias)},
            "curves": [(place, what, one_line(svg)) for place, what, svg in drawn],
        }

    def _code(self, entry: Entry) -> Values:
        shown: list[tuple[str, str, int, str]] = []
        for word, path in sources(self.base, entry):
            name = path.relative_to(self.base.root).as_posix()
            spans = self.listings.spans.get(name.removesuffix(".py").replace("/", "."), set())
            prefix = f"{word.lower()}-" if shown else ""
            shown.append((word, name, read(path).count("\n"), numbered(read(path), spans, prefix)))
        return {"entry": entry, "sources": shown, "alone": file_name(entry)}

    def _sections(self, path: ReadingPath) -> Iterator[tuple[str, Sheet]]:
        """A page for every section of a path that has keys for them: its steps, slides, figures and commands."""
        keyed = [
            (section, lecture.section_page(self.base, path, section.key)) for section in path.sections if section.key
        ]
        turns = [{"section": section, "page": page} for section, page in keyed]
        for number, (section, page) in enumerate(keyed):
            before = turns[number - 1] if number else None
            after = turns[number + 1] if number + 1 < len(turns) else None
            values = {"course": path, "section": section, "before": before, "after": after}
            yield f"{page.rstrip('/')}.md", Sheet("section.md", partial(self._section, section, values))

    def _section(self, section: Section, known: Values) -> Values:
        steps = [self.base[step.entry] for step in section.steps]
        return known | {
            "slides": lecture.slides(section, self._mentions, self._slips),
            "shown": [entry for entry in steps if isinstance(entry, Claim) and self.base.evidence.get(entry.id)],
            "runs": [command for entry in steps if (command := _command(entry))],
        }

    def _measured(self, entry: Architecture) -> dict[tuple[str, str], TraitEvidence]:
        """What probes measured, by variant and bias."""
        record = self.base.evidence.get(entry.id)
        return {(trait.variant, trait.bias): trait for trait in record.traits} if record else {}

    def _relations(self, entry: Entry, shown: Set[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
        """Relations in words, both ways, the informative ones first: `(other entry, note)` under each.

        What an entry cites stands where it is cited, and among its references; what the page says of relatives, above.
        """
        found: dict[str, list[tuple[str, str]]] = {}
        for item in related(self.base, entry.id):
            if item.relation in OF_TRAITS or item.words == RELATIONS["cites"].forward:
                continue
            if (item.words, item.other) in shown:
                continue
            members = found.setdefault(item.words, [])
            note = "" if item.relation == "sections" else item.reason
            if item.variant:
                note += f"{': ' if note else ''}variant {item.variant}"
            if item.other not in dict(members):
                members.append((item.other, note))
        return found

    @cached_property
    def _groups(self) -> dict[tuple[str, str], list[Entry]]:
        """Entries by kind and group, the older ones first."""
        found: dict[tuple[str, str], list[Entry]] = {}
        for entry in sorted(self.base.values(), key=lambda entry: (entry.year or 0, entry.title.casefold())):
            found.setdefault((entry.kind, entry.group), []).append(entry)
        return found

    def _family(self, entry: Entry) -> list[Entry]:
        """The entries of its kind and group, itself among them; of many those that are nearest to it in time."""
        members = self._groups[entry.kind, entry.group]
        first = max(0, min(members.index(entry) - MOST // 2, len(members) - MOST))
        return members[first : first + MOST]


def _command(entry: Entry) -> str:
    """Return the command that runs an entry; empty where it has nothing to run."""
    if isinstance(entry, Claim):
        return f"kb verify {entry.id} --audit 100%" if entry.experiment else ""
    return f"kb run {entry.id}" if isinstance(entry, Architecture) else ""


def write(writer: Writer, folder: Path) -> int:
    """Write all pages and the data beside them into a folder, and return how many pages there are."""
    for page in writer.pages():
        write_file(folder / page.path, page.text)
    for path, make in writer.data.items():
        write_file(folder / path, make())
    return len(writer.sheets)


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file, and the folders above it where there are none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
