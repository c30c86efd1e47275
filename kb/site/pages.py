"""One Markdown page for every entry, and the pages about all of them, from Jinja templates."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from kb.base import KnowledgeBase
from kb.evidence import TraitEvidence
from kb.export.bibtex import bibtex
from kb.links import source_file
from kb.query.wording import reason, worded
from kb.schema import Architecture, Bias, Claim, Concept, Entry, Paper, Source
from kb.site import figures, matrix, neighbourhood, routes, text
from kb.site.addresses import cell_page, page_of, relative
from kb.site.mathml import formula

KINDS = {
    "architecture": ("Architectures", "architectures"),
    "bias": ("Inductive biases", "biases"),
    "claim": ("Claims", "claims"),
    "concept": ("Concepts", "concepts"),
    "paper": ("Papers", "papers"),
    "path": ("Reading paths", "paths"),
}
EFFECTS = {
    "preserves": ("preserves", "preserved by"),
    "creates": ("creates", "created by"),
    "breaks": ("breaks", "broken by"),
}
"""What a component does to a bias, said of the component and of the bias."""
ON_THE_HOME_PAGE = 2
"""Architectures of each family in the picture there, which has to fit beside the search field."""
SYMBOLS = {"holds": "✓", "lacks": "✗", "unknown": "?", "not-applicable": "–", "differs": "◐"}
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

    @cached_property
    def environment(self) -> Environment:
        """Templates with everything escaped that is not marked as HTML."""
        environment = Environment(
            loader=PackageLoader("kb.site"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            comment_start_string="{##",  # `{#` begins the anchor of a Markdown heading
            comment_end_string="##}",
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {"base": self.base, "kinds": KINDS, "symbols": SYMBOLS, "words": WORDS}
        environment.filters["words"] = lambda name: name.replace("-", " ")
        environment.filters["capital"] = lambda name: name[:1].upper() + name[1:]
        environment.filters["zip_with"] = zip
        environment.filters["error"] = lambda error: (
            "0" if error == 0 else f"{error:.0e}" if error < 1e-3 else f"{error:.2g}"
        )
        environment.filters["spans"] = _spans
        environment.filters["plain"] = _plain
        environment.filters["meta"] = _meta
        # A fenced code block shows its content as it is; what would end the block early is taken apart.
        environment.filters["safe_code"] = lambda code: Markup(code.rstrip().replace("````", "` ` ` `"))
        environment.globals["symbol_of"] = _symbol
        return environment

    def pages(self) -> Iterator[Page]:
        """Yield every page; one entry, one page."""
        architectures = self.base.architectures
        counts = Counter(entry.kind for entry in self.base.values())
        records = [self.base.evidence[entry_id] for entry_id in architectures if entry_id in self.base.evidence]
        compared = sum(record.peer is not None or bool(record.checks) for record in records)
        yield self._page("home.md", "index.md", "", counts=counts, compared=compared, most=ON_THE_HOME_PAGE)
        yield self._page(
            "matrix.md", "matrix.md", "matrix/", families=matrix.matrix(self.base), columns=matrix.columns(self.base)
        )
        stated = [claim for claim in self.base.claims.values() if claim.relation]
        yield self._page("relations.md", "relations.md", "relations/", claims=stated)
        unsettled = [claim for claim in self.base.claims.values() if self._verdict(claim) != "supported"]
        cells = self.base.open()
        questions = [concept for concept in self.base.concepts.values() if concept.category == "question"]
        yield self._page("open.md", "open.md", "open/", cells=cells, unsettled=unsettled, questions=questions)
        for kind in KINDS:
            yield from self._indexes(kind)
        for entry in self.base.values():
            yield from self._entry(entry)

    def _page(self, template: str, path: str, folder: str, **values: Any) -> Page:
        """Render a template for a page that will stand at `folder`, with links relative to it."""

        def to(target: str) -> str:
            return relative(target, folder)

        def link(entry_id: str) -> str:
            return to(page_of(self.base, entry_id))

        tools = {
            "to": to,
            "link": link,
            "md": lambda value: Markup(text.paragraphs(value, link)),
            "md_line": lambda value: Markup(text.line(value, link)),
            "formula": lambda latex: Markup(formula(latex, display=True)),
            "trait_link": lambda architecture, bias: to(cell_page(self.base, architecture, bias)),
            "verdict": self._verdict,
            "symbol": lambda latex: Markup(formula(latex)),
            "picture": self._picture(folder, link),
            "numbers": figures.numbers,
            "source": lambda value: self._source(value, link),
            "folder": folder,
        }
        return Page(path, self.environment.get_template(template).render(**tools, **values).strip() + "\n")

    def _picture(self, folder: str, link: Callable[[str], str]) -> Callable[..., Markup]:
        def picture(kind: str, entry: Entry | None = None) -> Markup:
            if kind in ("families", "taxonomy"):
                most = ON_THE_HOME_PAGE if kind == "families" else None
                return Markup(neighbourhood.families(self.base, link, lambda group: relative(group, folder), most))
            if kind == "exact":
                return Markup(neighbourhood.exact_relations(self.base, link))
            assert entry is not None
            if kind == "relations":
                return Markup(neighbourhood.relations(self.base, entry, link))
            if kind == "stages" and isinstance(entry, Architecture):
                return Markup(neighbourhood.stages(self.base, entry))
            record = self.base.evidence.get(entry.id)
            if kind == "figure" and isinstance(entry, Claim) and entry.picture and record and record.claim:
                return Markup(figures.draw(entry.picture, record.claim, entry.id))
            return Markup("")

        return picture

    def _source(self, source: Source | None, link: Callable[[str], str]) -> Markup:
        """A source as a short link: paper and place, page, or lines of the lecture."""
        if source is None:
            return Markup("")
        at = f", {source.at}" if source.at else ""
        if source.paper:
            paper = self.base.papers[source.paper]
            return Markup('<a class="cite" href="{}">{}</a>{}').format(link(paper.id), paper.citation, at)
        if source.url:
            return Markup('<a class="cite" href="{}" rel="noopener">{}</a>{}').format(source.url, source.url, at)
        return Markup('<span class="cite">lecture, {}</span>{}').format(source.deck or "", at)

    def _indexes(self, kind: str) -> Iterator[Page]:
        title, folder = KINDS[kind]
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
                shapes = [*entry.signature.inputs.values(), *entry.signature.outputs.values()]
                values["letters"] = sorted({letter for shape in shapes for letter in shape.letters if letter})
                values["squares"] = matrix.row(self.base, entry)
                values["measured"] = self._measured(entry)
                values["abilities"] = self.base.representations.derived(entry.id)
            case Bias():
                values["column"] = matrix.column(self.base, entry)
            case Concept():
                values["effects"] = entry.effects
        if isinstance(entry, Paper):
            values["bibtex"] = bibtex(entry)
        yield self._page(f"{entry.kind}.md", path, folder, **values)
        if isinstance(entry, Architecture):
            yield from self._cells(entry)
        sources = self._sources(entry)
        if sources:
            code = folder.rstrip("/") + "/code"
            yield self._page("code.md", f"{code}.md", f"{code}/", entry=entry, sources=sources)

    def _cells(self, entry: Architecture) -> Iterator[Page]:
        """A page for every trait of an architecture that applies: what was measured, and the proofs."""
        for square in matrix.row(self.base, entry):
            place = cell_page(self.base, entry.id, square.bias.id)
            shown = {names[0]: self.base.why(entry.id, square.bias.id, names[0]) for names in square.by_value.values()}
            values = {"entry": entry, "square": square, "explanations": shown, "measured": self._measured(entry)}
            yield self._page("cell.md", f"{place.rstrip('/')}.md", place, **values)

    def _measured(self, entry: Architecture) -> dict[tuple[str, str], TraitEvidence]:
        """What probes measured, by variant and bias."""
        record = self.base.evidence.get(entry.id)
        return {(trait.variant, trait.bias): trait for trait in record.traits} if record else {}

    def _relations(self, entry: Entry) -> dict[str, list[tuple[str, str]]]:
        """Relations in words, both ways, the telling ones first: `(other entry, what is said of it)` under each."""
        order = {relation: number for number, relation in enumerate(neighbourhood.TELLING)}
        order["lacks"] = order["exhibits"]
        graph = self.base.graph
        edges = [(False, other, data) for _, other, data in graph.out_edges(entry.id, data=True)]
        edges += [(True, other, data) for other, _, data in graph.in_edges(entry.id, data=True)]
        found: dict[str, list[tuple[str, str]]] = {}
        for backwards, other, data in sorted(edges, key=lambda edge: order.get(edge[2]["relation"], len(order))):
            words = EFFECTS[data["effect"]][backwards] if data["relation"] == "effects" else None
            members = found.setdefault(words or worded(data["relation"], backwards=backwards), [])
            said = "" if data["relation"] == "sections" else reason(data)
            if data.get("variant"):
                said += f"{': ' if said else ''}variant {data['variant']}"
            if other not in dict(members):
                members.append((other, said))
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
        links["Checks"] = checks[0].check if checks else None  # they share a file
        found = []
        for word, link in links.items():
            path = source_file(self.base.code_root, link) if link else None
            if path and path.is_file():
                shown = path.relative_to(self.base.code_root).as_posix()
                found.append((word, shown, path.read_text(encoding="utf-8")))
        return found


def _spans(numbers: list[int]) -> str:
    """Return sorted numbers with runs shortened: `1, 3–5`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _plain(name: str) -> Markup:
    """Return a name for a Markdown heading: nothing in it is Markdown or HTML."""
    return Markup(re.sub(r"([\\`*_{}\[\]()#+!|~$<>])", r"\\\1", name).replace("\\<", "&lt;").replace("\\>", "&gt;"))


META = str.maketrans({"<": "‹", ">": "›", '"': "”"})
"""Themes print a page's title and description unescaped, inside tags and attributes; entities would be escaped
twice by a theme that does escape. Look-alikes are safe in both."""


def _meta(value: str) -> Markup:
    """Return a text for the front matter, as a quoted string without the characters that HTML is made of."""
    return Markup(json.dumps(value.translate(META), ensure_ascii=False))


def _symbol(name: str) -> Markup:
    """Return a symbol of an equation as a formula, or as it is where it is none."""
    try:
        return Markup(formula(name))
    except ValueError:
        return escape(name)


def write(pages: Iterator[Page], folder: Path) -> int:
    """Write pages into a folder and return how many; files that would not change are left as they are."""
    count = 0
    for page in pages:
        path = folder / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != page.text:
            path.write_text(page.text, encoding="utf-8")
        count += 1
    return count
