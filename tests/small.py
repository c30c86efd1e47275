"""Small knowledge bases made in a test, from text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import kb
from kb.evidence import (
    CheckErrors,
    Cost,
    Job,
    Measurement,
    PeerErrors,
    Picture,
    SeedResult,
    Size,
    Stage,
    TraitErrors,
    Value,
    Widening,
    read,
    write,
)
from kb.evidence.record import Arrow, Box, Frame
from kb.schema import Architecture, Claim, Verdict

AXES = """batch: {letter: B, role: batch, name: examples}
time: {letter: T, role: sequence, name: positions}
features: {letter: F, role: feature, name: features}
"""

PAPER = """title: {id}
authors: [Ada Example]
year: {year}
contributes: Something.
verified_against: [a test]
"""

BIAS = """name: {id}
summary: A bias.
formal: 'f = f'
scope: {{weights: {weights}, of: function, decided_by: identity}}
acts_on: [sequence]
axis_in: both
assumes: Something.
helps_when: It is so.
hurts_when: It is not.
inherited: {inherited}
tolerance: 1.0e-9
"""

ARCHITECTURE = """name: {id}
summary: An architecture.
introduced_by: paper2000
parts: [{{component: part, role: all of it}}]
equations: [{{latex: 'y = x', basis: definition}}]
implementation: implementations.architectures.family.{code}:Module
no_peer: it is a test
complexity: {{time: O(T), memory: O(T)}}
"""

MODULE = """class Module:
    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T F"]:
        return x
"""

CONCEPT = """name: {id}
summary: A concept.
definition: A concept.
"""

RELATION = """name: {id}
summary: A relation.
statement: One is the other.
about: [{subject}]
source: {{paper: paper2000}}
expect: [{{measure: agreement_error, at_most: 1.0e-12}}]
controls: [{{measure: other_difference, at_least: 0.01}}]
relation: {{subject: {subject}, kind: {kind}, object: {object}, when: '{when}'}}
scope: {{shows: This., leaves_open: That.}}
"""


VALUES = ("holds", "lacks")
MEASURES = {
    "supported": {"agreement_error": 0.0, "other_difference": 1.0},
    "refuted": {"agreement_error": 1.0, "other_difference": 1.0},
    "not settled": {"agreement_error": 0.0, "other_difference": 0.0},
}
"""What an experiment has to return for a verdict on `RELATION`."""


class Miniature:
    """Writes entries into a folder and loads them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("axes.yaml", AXES)
        self.paper("paper2000")
        self.write("concepts/component/part.yaml", CONCEPT.format(id="part") + "references: [{paper: paper2000}]\n")

    def write(self, path: str, text: str) -> None:
        file = self.root / "entries" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def entry(self, path: str, data: object) -> None:
        """Write an entry from data, any text of which is kept as it is: as YAML in its JSON form and in ASCII."""
        text = re.sub(r"(?<!\\)((?:\\\\)*)\\n", r"\1\\U0000000a", json.dumps(data, ensure_ascii=False))
        self.write(f"{path}.yaml", re.sub(r"[^ -~]", lambda found: f"\\U{ord(found[0]):08x}", text))

    def code(self, path: str, text: str) -> None:
        """Write a module of implementations, such as `biases/group/b`."""
        file = self.root / "implementations" / f"{path}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def paper(self, entry_id: str, year: int = 2000) -> None:
        self.write(f"papers/{year}/{entry_id}.yaml", PAPER.format(id=entry_id, year=year))

    def bias(self, entry_id: str, more: str = "", inherited: bool = False, weights: str = "all") -> None:
        text = BIAS.format(id=entry_id, inherited=str(inherited).lower(), weights=weights)
        self.write(f"biases/group/{entry_id}.yaml", text + more)

    def theorem(self, premises: list[str], conclusion: str, axis: str = "same") -> str:
        """Write a theorem; `not` before a bias says that it is lacking."""
        entry_id = "-and-".join(premises).replace("not ", "no-") + "-gives-" + conclusion.replace("not ", "no-")
        given = [{"bias": name.removeprefix("not "), "value": VALUES[name.startswith("not ")]} for name in premises]
        concluded = {"bias": conclusion.removeprefix("not "), "value": VALUES[conclusion.startswith("not ")]}
        data = {"name": entry_id, "summary": "A theorem.", "premises": given, "conclusion": concluded, "axis": axis}
        self.entry(f"theorems/topic/{entry_id}", {**data, "proof": "It is so."})
        return entry_id

    def architecture(self, entry_id: str, more: str = "", module: str = MODULE, **replace: str) -> None:
        name = entry_id.replace("-", "_")
        text = ARCHITECTURE.format(id=entry_id, code=name)
        for old, new in replace.items():
            assert old in text, old
            text = text.replace(old, new)
        self.write(f"architectures/family/{entry_id}.yaml", text + more)
        self.code(f"architectures/family/{name}", module)

    def concept(self, entry_id: str, more: str = "", category: str = "theory") -> None:
        self.write(f"concepts/{category}/{entry_id}.yaml", CONCEPT.format(id=entry_id) + more)

    def relation(self, subject: str, kind: str, object_: str, verdict: Verdict = "supported", when: str = "so") -> str:
        """Write a claim that states an exact relation, and what its experiment is to have found."""
        entry_id = f"{subject}-{kind}-{object_}"
        text = RELATION.format(id=entry_id, subject=subject, kind=kind, object=object_, when=when)
        self.write(f"claims/topic/{entry_id}.yaml", text)
        self.record(f"claims/topic/{entry_id}", SeedResult(seed=0, measures=MEASURES[verdict], digest=""))
        return entry_id

    def trait(self, architecture: str, bias: str, value: Value, error: float | None = None) -> None:
        """Write what a probe is to have measured of the default variant of an architecture."""
        error = {"holds": 0.0, "lacks": 1.0, "unknown": 1e-4}[value] if error is None else error
        row = TraitErrors(bias=bias, variant="default", errors=[error] * 3, digest="")
        self.record(f"architectures/family/{architecture}", row)

    def measure(self, say: Callable[[], str] = lambda: "something") -> None:
        """Write the evidence of everything, as if it had been run and all that is asserted had been found.

        Args:
            say: Gives the texts that evidence holds: names of layers, of libraries and so on.
        """
        base = self.load()
        for entry_id in base:
            jobs = base.jobs(entry_id)
            if jobs:
                write(base.evidence_file(entry_id), [_found(base, job, say) for job in jobs])

    def record(self, path: str, row: SeedResult | TraitErrors | Widening) -> None:
        """Add a measurement to the evidence at a path."""
        file = self.root / "evidence" / f"{path}.jsonl"
        write(file, {**read(file).measurements, row.key: row}.values())

    def load(self) -> kb.KnowledgeBase:
        return kb.load(self.root)


def _found(base: kb.KnowledgeBase, job: Job, say: Callable[[], str]) -> Measurement:
    """A measurement that agrees with all that an entry asserts."""
    entry, (kind, *rest) = base[job.entry], job.key
    common = {"digest": job.digest, "libraries": {say(): say()}}
    if kind == "size":
        stages = [Stage(name=say(), module=say(), shape=[2, 3], parameters=4) for _ in range(2)]
        return Size(variant=rest[0], parameters=4, inputs={say(): [2, 3]}, stages=stages, **common)
    if kind == "widening":
        copies = {"factor": 2, "sizes": [say()], "copies": "tiled", "multiple": 2, "errors": [0.0, 0.0]}
        return Widening(variant=rest[0], parameters=4, **copies, **common)
    if kind == "picture":
        boxes = [
            Box(what=f"in:{say()}"),
            Box(what=f"{say()}:{say()}", role=say(), detail=say()),
            Box(what=f"op:{say()}"),
        ]
        drawn = [Arrow(start=0, end=1, shape=say(), name=say()), Arrow(start=1, end=2, name=say())]
        frames = [Frame(what=f"{say()}:{say()}", role=say(), times=say(), rounds=say())]
        return Picture(level=int(rest[0]), what=say(), role=say(), boxes=boxes, frames=frames, arrows=drawn, **common)
    if kind == "cost":
        assert isinstance(entry, Architecture)
        return Cost(terms={"T": 1.0} if entry.complexity.time == "O(T)" else {}, **common)
    if kind == "trait":
        assert isinstance(entry, Architecture)
        bias, variant = rest
        lacked = (variant, bias) in {(trait.variant or "default", trait.bias) for trait in entry.lacks}
        held = (variant, bias) in {(trait.variant or "default", trait.bias) for trait in entry.exhibits}
        error, witness = (1.0, {"draw": 0, say(): say()}) if lacked else (0.0 if held else 1e-4, None)
        return TraitErrors(bias=bias, variant=variant, errors=[error] * 3, witness=witness, **common)
    if kind == "peer":
        found = {"outputs": [0.0], "gradients": [0.0], "training_outputs": [0.0], "training_buffers": [0.0]}
        return PeerErrors(case=rest[0], **found, compared=1, **common)
    if kind == "cost":
        return Cost(terms={}, **common)
    if kind == "check":
        return CheckErrors(check=rest[0], errors=[0.0], **common)
    assert isinstance(entry, Claim)
    is_map = entry.picture is not None and entry.picture.form == "map"
    series = {name: [0.0, 1.0, 0.0, 2.0] for name in entry.picture.measures} if is_map and entry.picture else {}
    series |= {"down": [0.0, 0.0, 1.0, 1.0], "across": [0.0, 1.0, 0.0, 1.0]} if is_map else {}
    measures = dict.fromkeys(sorted(entry.measures - series.keys()), 1.0)
    return SeedResult(seed=int(rest[0]), measures=measures, series=series, **common)
