"""One Markdown page for every entry, and the pages about all of them, from Jinja templates."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kb.evidence import TraitEvidence
from kb.export.bibtex import bibtex
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.links import read, readable_source
from kb.naming import folded
from kb.query import conjectures
from kb.query.openness import unmeasured
from kb.query.related import related
from kb.query.remedies import problems
from kb.query.verdicts import in_words, verdicts
from kb.schema import (
    SORTS,
    VERDICTS,
    Architecture,
    Bias,
    Claim,
    Concept,
    Entry,
    Paper,
    ReadingPath,
    Source,
    Theorem,
)
from kb.schema.common import Erratum
from kb.site import figures, lecture, matrix, neighbourhood, routes, text
from kb.site.addresses import cell_page, page_of, relative
from kb.site.escaping import faults, fence, front_matter, heading, one_line, visible, words
from kb.site.explorer import choosing, static
from kb.site.mathml import formula

ON_THE_HOME_PAGE = 2
"""Architectures of each family in the picture there, which has to fit beside the search field."""
AGREE, LISTED = 5, 100
"""Architectures that must agree with an implication of two premises, and how many implications are listed."""
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


class Writer:
    """Writes the pages of a knowledge base."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self._figures: dict[str, str] = {}

    @cached_property
    def environment(self) -> Environment:
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
        environment.globals |= {
            "base": self.base,
            "kinds": KINDS,
            "symbols": SYMBOLS,
            "words": WORDS,
            "draws_that_decide": DRAWS_THAT_DECIDE,
            "verdicts": VERDICTS,
            "sorts": SORTS,
            "counted": verdicts(self.base),
            "claims_in_words": in_words(self.base),
        }
        environment.filters["words"] = lambda name: name.replace("-", " ")
        environment.filters["capital"] = lambda name: name[:1].upper() + name[1:]
        environment.filters["zip_with"] = zip
        environment.filters["error"] = lambda error: (
            "0" if error == 0 else f"{error:.0e}" if error < 1e-3 else f"{error:.2g}"
        )
        environment.filters |= {"heading": heading, "one_line": one_line}
        environment.globals |= {"front": front_matter, "fence": fence, "symbol_of": _symbol}
        return environment

    def pages(self) -> Iterator[Page]:
        """Yield every page; one entry, one page."""
        architectures = self.base.architectures
        counts = Counter(entry.kind for entry in self.base.values())
        records = [self.base.evidence[entry_id] for entry_id in architectures if entry_id in self.base.evidence]
        compared = sum(record.peer is not None or bool(record.checks) for record in records)
        yield self._page("home.md", "index.md", "", counts=counts, compared=compared, most=ON_THE_HOME_PAGE)
        yield self._page("matrix.md", "matrix.md", "matrix/")
        yield self._page("explore.md", "explore.md", "explore/", rows=static.rows(self.base))
        asked, gaps = choosing.questions(self.base), choosing.gaps(self.base)
        yield self._page("choose.md", "choose.md", "choose/", questions=asked, gaps=gaps)
        stated = [claim for claim in self.base.claims.values() if claim.relation]
        yield self._page("relations.md", "relations.md", "relations/", claims=stated)
        unsettled = [claim for claim in self.base.claims.values() if self._verdict(claim) != "supported"]
        cells = self.base.open()
        questions = [concept for concept in self.base.concepts.values() if concept.category == "question"]
        left = unmeasured(self.base)
        yield self._page(
            "open.md", "open.md", "open/", cells=cells, unmeasured=left, unsettled=unsettled, questions=questions
        )
        yield self._conjectures()
        diagnoses = [self.base.remedies(problem) for problem in problems(self.base)]
        if diagnoses:
            yield self._page("problems.md", "problems.md", "problems/", diagnoses=diagnoses)
        if slips := lecture.listed(self.base, self._slips):
            yield self._page("errata.md", "errata.md", "errata/", errata=slips)
        for kind in KINDS:
            yield from self._indexes(kind)
        yield self._names()
        for entry in self.base.values():
            yield from self._entry(entry)

    def _conjectures(self) -> Page:
        """The page of implications that nothing proves or refutes."""
        table = conjectures.Matrix(self.base)
        two = [(each, conjectures.nearest(table, each)) for each in conjectures.mine(table, 2, AGREE)[:LISTED]]
        one, counts = conjectures.mine(table), conjectures.standings(table)
        return self._page(
            "conjectures.md", "conjectures.md", "conjectures/", conjectures=one[:LISTED], two=two, counts=counts
        )

    def _page(self, template: str, path: str, folder: str, **values: Any) -> Page:
        """Render a template for a page that will stand at `folder`, with links relative to it."""

        def to(target: str) -> str:
            return relative(target, folder)

        def link(entry_id: str) -> str:
            return to(page_of(self.base, entry_id))

        tools = {
            "to": to,
            "link": link,
            "md": lambda value: one_line(text.paragraphs(value, link)),
            "md_line": lambda value: one_line(text.line(value, link)),
            "formula": lambda latex: one_line(formula(latex, display=True)),
            "trait_link": lambda architecture, bias: to(cell_page(self.base, architecture, bias)),
            "verdict": self._verdict,
            "picture": self._picture(folder, link),
            "numbers": figures.numbers,
            "source": lambda value: one_line(self._source(value, link, to)),
            "place": lambda value: one_line(self._place(value, to)),
            "folder": folder,
        }
        try:
            made = visible(self.environment.get_template(template).render(**tools, **values)).strip() + "\n"
        except (KeyError, ValueError) as error:
            raise ValueError(f"page {path}: {error}") from error
        for fault in faults(made):
            raise ValueError(f"page {path} is not safe: {fault}; this is a fault of kb, not of the entries")
        return Page(path, made)

    def _picture(self, folder: str, link: Callable[[str], str]) -> Callable[..., Markup]:
        def drawn(kind: str, entry: Entry | None, network: str) -> str:
            if kind in ("families", "taxonomy"):
                most = ON_THE_HOME_PAGE if kind == "families" else None
                return neighbourhood.families(self.base, link, lambda group: relative(group, folder), most)
            if kind == "exact":
                return neighbourhood.exact_relations(self.base, link)
            assert entry is not None
            if kind == "relations":
                return neighbourhood.relations(self.base, entry, link)
            if kind == "stages" and isinstance(entry, Architecture):
                return neighbourhood.stages(self.base, entry, network)
            return self._figure(entry) if kind == "figure" and isinstance(entry, Claim) else ""

        return lambda kind, entry=None, network="": one_line(drawn(kind, entry, network))

    @cached_property
    def _mentions(self) -> dict[str, list[Entry]]:
        return lecture.mentions(self.base)

    @cached_property
    def _slips(self) -> dict[str, list[tuple[Entry, Erratum]]]:
        return lecture.slips(self.base)

    def _figure(self, claim: Claim) -> str:
        """The figure of a claim, drawn once: the page of a section shows it again."""
        if claim.id not in self._figures:
            record = self.base.evidence.get(claim.id)
            measured = record.claim if record else None
            self._figures[claim.id] = (
                figures.draw(claim.picture, measured, claim.id) if claim.picture and measured else ""
            )
        return self._figures[claim.id]

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

    def _names(self) -> Page:
        """The page of all names, by first letter; those that begin with none come last."""
        letters: dict[str, list[tuple[str, Entry]]] = {}
        named = [(name, entry) for entry in self.base.values() for name in (entry.title, *entry.aliases)]
        for name, entry in sorted(named, key=lambda pair: (folded(pair[0]), pair[1].id)):
            first = folded(name)[:1].upper()
            letters.setdefault(first if first.isalpha() else "0–9", []).append((name, entry))
        ordered = dict(sorted(letters.items(), key=lambda pair: (pair[0] == "0–9", pair[0])))
        return self._page("names.md", "names.md", "names/", letters=ordered, count=len(named))

    def _indexes(self, kind: str) -> Iterator[Page]:
        title, folder = KINDS[kind].title, KINDS[kind].folder
        entries = [entry for entry in self.base.values() if entry.kind == kind]
        groups: dict[str, list[Entry]] = {}
        for entry in sorted(entries, key=lambda entry: (entry.year or 0, entry.title.casefold())):
            groups.setdefault(entry.group, []).append(entry)
        ordered = dict(sorted(groups.items(), reverse=kind == "paper"))
        yield self._page("kind.md", f"{folder}/index.md", f"{folder}/", kind=kind, title=title, groups=ordered)
        for group, members in ordered.items():
            place = f"{folder}/{group}"
            yield self._page("group.md", f"{place}/index.md", f"{place}/", kind=kind, group=group, members=members)

    def _entry(self, entry: Entry) -> Iterator[Page]:
        folder = page_of(self.base, entry.id)
        path = f"{folder.rstrip('/')}.md"
        record = self.base.evidence.get(entry.id)
        values: dict[str, Any] = {
            "entry": entry,
            "record": record,
            "stale": self.base.is_stale(entry.id),
            "relations": self._relations(entry),
            "siblings": self._siblings(entry),
            "stops": routes.stops(self.base, entry.id),
        }
        match entry:
            case Architecture():
                values["signature"] = entry.signature_of()
                values["axes"] = {a: self.base.axis_of(entry.id, a) for a in sorted(entry.signature_of().named)}
                values["squares"] = matrix.row(self.base, entry)
                values["measured"] = self._measured(entry)
                values["abilities"] = self.base.representations.derived(entry.id)
            case Bias():
                values["column"] = matrix.column(self.base, entry)
            case Concept():
                values["effects"] = entry.effects
            case Theorem():
                values["bearing"] = self.base.bearing(entry.id)
        if isinstance(entry, Paper):
            values["bibtex"] = bibtex(entry)
        yield self._page(f"{entry.kind}.md", path, folder, **values)
        if isinstance(entry, Architecture):
            yield from self._cells(entry)
        if isinstance(entry, ReadingPath):
            yield from self._sections(entry)
        for old in entry.formerly:
            place = f"{posixpath.dirname(folder.rstrip('/'))}/{old}"
            yield self._page("moved.md", f"{place}.md", f"{place}/", entry=entry)
        sources = self._sources(entry)
        if sources:
            code = folder.rstrip("/") + "/code"
            yield self._page("code.md", f"{code}.md", f"{code}/", entry=entry, sources=sources)

    def _cells(self, entry: Architecture) -> Iterator[Page]:
        """A page for every trait of an architecture that applies: what was measured, and the proofs."""
        record = self.base.evidence.get(entry.id)
        for square in matrix.row(self.base, entry):
            place = cell_page(self.base, entry.id, square.bias.id)
            shown = {names[0]: self.base.why(entry.id, square.bias.id, names[0]) for names in square.by_value.values()}
            values = {"entry": entry, "square": square, "explanations": shown, "measured": self._measured(entry)}
            drawn = figures.degrees(record.curves if record else (), square.bias.id, square.cell.variant)
            values["curves"] = [(place, what, one_line(svg)) for place, what, svg in drawn]
            values["places"] = {**square.variants, **self.base.cells_of_parts(entry.id, square.bias.id)}
            yield self._page("cell.md", f"{place.rstrip('/')}.md", place, **values)

    def _sections(self, path: ReadingPath) -> Iterator[Page]:
        """A page for every section of a path that has keys for them: its steps, slides, figures and commands."""
        keyed = [
            (section, lecture.section_page(self.base, path, section.key)) for section in path.sections if section.key
        ]
        turns = [{"section": section, "page": page} for section, page in keyed]
        for number, (section, page) in enumerate(keyed):
            steps = [self.base[step.entry] for step in section.steps]
            shown = [entry for entry in steps if isinstance(entry, Claim) and self.base.evidence.get(entry.id)]
            values = {
                "course": path,
                "section": section,
                "slides": lecture.slides(section, self._mentions, self._slips),
                "shown": shown,
            }
            values["runs"] = [command for entry in steps if (command := _command(entry))]
            values["before"] = turns[number - 1] if number else None
            values["after"] = turns[number + 1] if number + 1 < len(turns) else None
            yield self._page("section.md", f"{page.rstrip('/')}.md", page, **values)

    def _measured(self, entry: Architecture) -> dict[tuple[str, str], TraitEvidence]:
        """What probes measured, by variant and bias."""
        record = self.base.evidence.get(entry.id)
        return {(trait.variant, trait.bias): trait for trait in record.traits} if record else {}

    def _relations(self, entry: Entry) -> dict[str, list[tuple[str, str]]]:
        """Relations in words, both ways, the informative ones first: `(other entry, note)` under each."""
        found: dict[str, list[tuple[str, str]]] = {}
        for item in related(self.base, entry.id):
            members = found.setdefault(item.words, [])
            note = "" if item.relation == "sections" else item.reason
            if item.variant:
                note += f"{': ' if note else ''}variant {item.variant}"
            if item.other not in dict(members):
                members.append((item.other, note))
        return found

    @cached_property
    def _groups(self) -> dict[tuple[str, str], list[Entry]]:
        """Entries by kind and group."""
        found: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.base.values():
            found.setdefault((entry.kind, entry.group), []).append(entry)
        return found

    def _verdict(self, claim: Claim) -> str:
        """What the experiment found, or the status of a claim without one."""
        record = self.base.evidence.get(claim.id)
        return record.claim.verdict if record and record.claim else claim.status

    def _siblings(self, entry: Entry) -> list[Entry]:
        return [other for other in self._groups[entry.kind, entry.group] if other is not entry][:24]

    def _sources(self, entry: Entry) -> list[tuple[str, str, str]]:
        """What a link of the entry leads to: a word for it, the path, and the text of the file."""
        words = {"implementation": "Implementation", "probe": "Probe", "experiment": "Experiment", "peer": "Peer"}
        links = {word: getattr(entry, field, None) for field, word in words.items()}
        checks = getattr(entry, "checks", [])
        links["Checks"] = entry.beside("checks", checks[0].check) if checks else None  # they share a file
        found = []
        for word, link in links.items():
            path = readable_source(self.base.code_root, link) if link else None
            if path:
                found.append((word, path.relative_to(self.base.code_root).as_posix(), read(path)))
        return found


def _command(entry: Entry) -> str:
    """Return the command that runs an entry; empty where it has nothing to run."""
    if isinstance(entry, Claim):
        return f"kb verify {entry.id} --audit 100%" if entry.experiment else ""
    return f"kb run {entry.id}" if isinstance(entry, Architecture) else ""


def _symbol(name: str) -> str:
    """Return a symbol of an equation as a formula, or as it is where it is none."""
    try:
        return one_line(formula(name))
    except ValueError:
        return name


def write(pages: Iterable[Page], folder: Path) -> int:
    """Write pages into a folder and return how many."""
    count = 0
    for page in pages:
        path = folder / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, encoding="utf-8", newline="\n")
        count += 1
    return count
