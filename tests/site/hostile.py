"""A knowledge base whose every text, in entries of every kind, in evidence and in code, tries to become more than text.

Payloads that `kb check` refuses are left out. What it says of style and of code does not count: the site must be safe
by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from payloads import PAYLOADS
from small import Miniature

import kb
from kb.formatting import format_folder
from kb.formulas import formulas_in, mathml
from kb.schema.model import Model

LINE, TEXT, LATEX, WORD = "a line", "a text", "a formula", "a word"
"""What stands in a template for texts to be filled in."""
LONGEST_WORD = 100
"""Characters of an argument that is a text."""
TOGETHER = 16
"""Payloads in one field: each stands in every field once, and begins a sixteenth of them."""
LETTERS = "ABCDEGHIJK"
"""An axis for every so manyeth architecture and bias, that a few and not all apply to each other."""
SOURCE = {"url": "https://example.org/x", "at": LINE}


def accepted(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the payloads that an entry may hold on a line, in a text, and as a formula."""
    small, files = Miniature(folder), {}
    for number, payload in enumerate(PAYLOADS):
        for field, held in (("aliases", [payload]), ("definition", payload)):
            path = f"concepts/{field}-{number // 20}/{field}-{number}"
            known = {"name": path, "summary": "X.", "definition": "x", "references": [{"paper": "paper2000"}]}
            small.entry(path, known | {field: held})
            files[f"entries/{path}.yaml"] = field, payload
    format_folder(folder)
    refused = {"first"}
    while refused:  # what loading refuses hides what only a check refuses
        refused = {problem.file for problem in kb.check(folder)} & files.keys()
        for file in refused:
            del files[file]
            (folder / file).unlink()
    lines = [payload for field, payload in files.values() if field == "aliases"]
    texts = [payload for field, payload in files.values() if field == "definition"]
    return lines, texts, [payload for payload in lines if _is_formula(payload)]


def _is_formula(text: str) -> bool:
    try:
        return bool(mathml(text))
    except ValueError:
        return False


MODULE = """class Part:
    def forward(self, x: Float[Tensor, "LETTER 3"]) -> Float[Tensor, "LETTER"]: ...


class Code:
    def __init__(self):
        self.part = Part()

    def forward(
        self, x: Float[Tensor, "LETTER 3"], state: Int[Tensor, "LETTER"] | None = None
    ) -> Float[Tensor, "LETTER"]:
        return x  # COMMENT

    def loss(self, *, generator, x): ...

    def sample(self, count, generator): ...
"""


class Filling:
    """Puts payloads into the fields of templates, other ones into every field and every entry."""

    def __init__(self, lines: list[str], texts: list[str], formulas: list[str]) -> None:
        self.entries = -(-max(len(lines), len(texts)) // TOGETHER)
        self.of = {LATEX: formulas}
        self.words = [line for line in lines if len(line) <= LONGEST_WORD]
        for form, known in ((LINE, lines), (TEXT, texts)):  # names of two entries must not be the same
            self.of[form] = [*known, *(f"word{n}" for n in range(self.entries * TOGETHER - len(known)))]

    def fill(self, template: Any, number: int, fields: count[int] | None = None) -> Any:
        """Fill in the template of an entry, of which this is the one of that number."""
        fields = fields or count()
        if template == LATEX:
            return self.of[LATEX][(number + next(fields)) % len(self.of[LATEX])]
        if template == WORD:
            return self.words[(number + next(fields)) % len(self.words)]
        if template in (LINE, TEXT):
            return self.say(template, number * TOGETHER + next(fields))
        if isinstance(template, list):
            return [self.fill(item, number, fields) for item in template]
        if isinstance(template, dict):
            return {self.fill(name, number, fields): self.fill(item, number, fields) for name, item in template.items()}
        return template

    def say(self, form: str, first: int) -> str:
        """Return the payloads from one on: on a line side by side, in a text each in a paragraph of its own."""
        known = self.of[form]
        chosen = [known[(first + step) % len(known)] for step in range(TOGETHER)]
        between, most = ("\n\n", 10_000) if form == TEXT else (" ", 600)
        while len(between.join(chosen)) > most or not all(map(_is_formula, formulas_in(between.join(chosen)))):
            chosen.pop()
        return between.join(chosen)


def write(folder: Path, filling: Filling) -> Miniature:
    """Write the knowledge base."""
    small = Miniature(folder)
    roles = {letter: f"role{letter.lower()}" for letter in LETTERS}
    axes = {f"axis-{letter.lower()}": {"letter": letter, "role": roles[letter], "name": LINE} for letter in LETTERS}
    small.entry("axes", filling.fill(axes, 0))
    for number in range(filling.entries):
        place = Place(number, filling.entries)
        for kind, template in TEMPLATES.items():
            path = f"{kind}/{place.group}/{kind[:3]}{number}"
            small.entry(path, filling.fill(template(place), number))
        for path, text in _code(place, filling.of[TEXT][number * TOGETHER :][:TOGETHER]).items():
            small.code(path, text)
    steps = count()
    small.measure(lambda: filling.say(LINE, next(steps)))
    return small


def _code(place: Place, payloads: list[str]) -> dict[str, str]:
    """The modules of the entries of one number, with payloads in their comments."""
    text = "\n".join(payloads)
    text = "".join(character for character in text if character not in "\x00\r\x0c\ufeff")
    comments = "".join(f"# {line}\n" for line in text.split("\n"))
    names = {"concepts": "class Code: ...", "biases": "def probe(): ...", "claims": "def run(): ..."}
    names["architectures"] = MODULE.replace("LETTER", place.letter).replace("COMMENT", " ".join(text.split()))
    made = {f"{kind}/{place.group}/{kind[:3]}{place.number}": text for kind, text in names.items()}
    made |= {
        f"checks/{place.group}/{kind[:3]}{place.number}": "def check(): ..." for kind in ("concepts", "architectures")
    }
    return {path: f"{comments}{text}\n" for path, text in made.items()}


@dataclass(frozen=True)
class Place:
    """Which of the entries of every kind it is, and which others it names."""

    number: int
    entries: int

    @property
    def group(self) -> str:
        """Its folder, which holds no more than a reader can survey."""
        return f"g{self.number // 20}"

    @property
    def letter(self) -> str:
        """The axis of this architecture, and of which this bias speaks."""
        return LETTERS[self.number % len(LETTERS)]

    @property
    def following(self) -> int:
        """The number after this one, or the first."""
        return (self.number + 1) % self.entries

    @property
    def section(self) -> str:
        """The key of the section of the path of this number."""
        return f"S{self.number}"

    def link(self, kind: str, of: str, name: str) -> str:
        """The link to code of an entry."""
        return f"implementations.{kind}.{self.group}.{of[:3]}{self.number}:{name}"


def _named(place: Place) -> dict[str, Any]:
    return {
        "name": LINE, "summary": LINE, "aliases": [LINE], "description": TEXT,
        "references": [SOURCE, {"deck": place.section, "at": LINE}],
        "see_also": [{"entry": f"con{place.number}", "because": LINE}],
        "errata": [{"at": place.section, "says": LINE, "right": LINE}],
    }  # fmt: skip


def _with_code(place: Place, kind: str) -> dict[str, Any]:
    return _named(place) | {
        "equations": [{"latex": LATEX, "name": LINE, "source": SOURCE}, {"latex": LATEX, "basis": LINE}],
        "symbols": {LINE: LINE},
        "implementation": place.link(kind, kind, "Code"), "deviations": [{"paper": LINE, "ours": LINE, "why": LINE}],
        "checks": [{"statement": LINE, "check": "check", "source": SOURCE}],
        "introduced_by": f"pap{place.number}",
    }  # fmt: skip


def paper(place: Place) -> dict[str, Any]:
    """A paper."""
    return {
        "title": LINE, "aliases": [LINE], "authors": [LINE, LINE], "year": 2001, "venue": LINE, "contributes": LINE,
        "verified_against": [LINE], "description": TEXT, "references": [SOURCE],
        "errata": [{"at": place.section, "says": LINE, "right": LINE}],
        "see_also": [{"entry": f"con{place.number}", "because": LINE}],
        "ids": {"url": "https://evil.example/{{7*7}}`[x](y)&lt;&#10;:::"},
    }  # fmt: skip


def concept(place: Place) -> dict[str, Any]:
    """A concept with code."""
    other = f"con{place.following}"
    return _with_code(place, "concepts") | {
        "definition": TEXT, "broader": ["part"], "requires": [{"concept": "part", "because": LINE}],
        "distinct_from": [{"entry": other, "because": LINE}], "remedied_by": [{"entry": "part", "because": LINE}],
        "causes": [{"entry": other, "because": LINE, "source": SOURCE}] if place.following else [],
        "terminology": [{"term": LINE, "meaning": LINE, "source": SOURCE, "ours": True}],
        "effects": {f"bia{place.number}": {"effect": "breaks", "because": LINE}},
    }  # fmt: skip


def bias(place: Place) -> dict[str, Any]:
    """A bias."""
    return _named(place) | {
        "formal": LATEX, "scope": {"weights": "all", "of": "function", "decided_by": "identity"},
        "symmetry": LINE, "acts_on": [f"role{place.letter.lower()}"], "axis_in": "both",
        "assumes": TEXT, "helps_when": TEXT, "hurts_when": TEXT, "inherited": False, "tolerance": 1e-9,
    }  # fmt: skip


def architecture(place: Place) -> dict[str, Any]:
    """An architecture with a variant, which exhibits one bias and, where there are enough, lacks another."""
    other = place.number + len(LETTERS)
    other = other if other < place.entries else place.number % len(LETTERS)
    lacks = [{"bias": f"bia{other}", "because": LINE, "source": SOURCE}] if other != place.number else []
    derived = [{"architecture": f"arc{place.following}", "change": LINE, "source": SOURCE}]
    arguments = {"word": WORD, "words": [WORD, {"word": WORD}]}
    computed = {"latex": LATEX, "basis": LINE, "code": ["Code.forward", "Code.forward:return"]}
    return _with_code(place, "architectures") | {
        "equations": [{"latex": LATEX, "name": LINE, "source": SOURCE}, computed],
        "parts": [{"component": "part", "role": LINE, "variants": ["other"]},
                  {"component": f"con{place.number}", "role": LINE}],
        "addresses": [{"concept": f"con{place.number}", "because": LINE, "source": SOURCE}],
        "suffers_from": [{"concept": f"con{place.following}", "because": LINE}], "no_peer": LINE,
        "signature": {"indexes": {"state": place.letter}},
        "networks": {"part": LINE},
        "stochastic": [{"output": "y", "given": ["x"], "noise": "state", "distribution": LINE}],
        "objectives": [
            {"name": LINE, "method": "loss", "of": LINE, "value": "bound", "latex": LATEX, "source": SOURCE}
        ],
        "sampling": {"how": LINE, "steps": 1, "source": SOURCE},
        "procedure": {"updates": [{"objective": "loss", "arguments": arguments}], "source": SOURCE},
        "variants": {"other": {"summary": LINE, "arguments": arguments, "parameters": 4, "source": SOURCE}},
        "exhibits": [{"bias": f"bia{place.number}", "because": LINE, "source": SOURCE}], "lacks": lacks,
        "complexity": {"time": "O(1)", "memory": "O(Q)", "sequential": "O(1)", "where": {"Q": LINE},
                       "unchecked": {"1": LINE}, "note": LINE,
                       "source": SOURCE},
        "derives_from": derived if place.following else [],
        "stack_of": [{"architecture": f"arc{place.following}", "because": LINE, "source": SOURCE}],
        "specialises": [f"arc{place.following}"] if place.number % 3 == 0 and place.following else [],
    }  # fmt: skip


def claim(place: Place) -> dict[str, Any]:
    """A claim with a figure; two of three also state an exact relation."""
    condition = {"measure": "error", "at_most": 2.0, "because": LINE}
    ends = {"subject": f"arc{place.number}", "object": f"arc{place.following}"}
    related = {"relation": {"kind": "special-case-of", "when": LINE, **ends}}
    axes = {"caption": LINE, "x_axis": {"label": LINE}, "y_axis": {"label": LINE}}
    bars = {"form": "bars", "x": [LINE], "series": {LINE: ["error"], "y": ["error"]}, **axes}
    a_map = {"form": "map", "x": "across", "y": "down", "series": {LINE: "height"}, "height": {"label": LINE}, **axes}
    return _named(place) | {
        "statement": TEXT, "about": [f"arc{place.number}"], "source": {"deck": place.section, "at": LINE},
        "equations": [{"latex": LATEX, "name": LINE, "source": SOURCE}], "symbols": {LINE: LINE},
        "scope": {"shows": TEXT, "leaves_open": TEXT},
        "expect": [condition], "controls": [{**condition, "measure": "other"}], "share": 0.8,
        "first": {"asks": LINE, "departures": [{"before": LINE, "now": LINE, "why": LINE}]},
        "revisions": [{"was": "supported", "why": LINE}],
        "figure": bars if place.number % 3 < 2 else a_map,
        **(related if place.number % 3 < 2 and place.following else {}),
    }  # fmt: skip


def theorem(place: Place) -> dict[str, Any]:
    """A theorem about two biases of different numbers, so of different axes."""
    converse = {"verdict": "open", "because": LINE, "source": SOURCE}
    return _named(place) | {
        "premises": [{"bias": f"bia{place.number}"}], "conclusion": {"bias": f"bia{place.following}"}, "axis": "same",
        "proof": TEXT, "equations": [{"latex": LATEX, "name": LINE, "source": SOURCE}], "symbols": {LINE: LINE},
        "source": SOURCE,
        "converse": converse,
    }  # fmt: skip


def path(place: Place) -> dict[str, Any]:
    """A path over an entry of every other kind."""
    steps = [{"entry": f"{kind[:3]}{place.number}", "note": LINE} for kind in TEMPLATES if kind != "paths"]
    section = {
        "key": place.section, "name": LINE, "slides": [LINE, LINE], "items": [1], "description": TEXT, "steps": steps
    }  # fmt: skip
    return _named(place) | {"source": {"deck": place.section}, "covers": {"items": 1}, "sections": [section]}


TEMPLATES: dict[str, Callable[[Place], dict[str, Any]]] = {
    "papers": paper, "concepts": concept, "biases": bias, "architectures": architecture, "claims": claim, "paths": path,
    "theorems": theorem,
}  # fmt: skip


def empty_fields(base: kb.KnowledgeBase) -> set[str]:
    """Return the fields, as `Model.field`, that no entry of the knowledge base has filled in."""
    filled, known = set(), set()

    def look(value: object) -> None:
        if isinstance(value, Model):
            for name in type(value).model_fields:
                known.add(f"{type(value).__name__}.{name}")
                if getattr(value, name) not in (None, (), [], {}):
                    filled.add(f"{type(value).__name__}.{name}")
                look(getattr(value, name))
        for item in value if isinstance(value, list | tuple) else value.values() if isinstance(value, dict) else ():
            look(item)

    for entry in base.values():
        look(entry)
    return known - filled
