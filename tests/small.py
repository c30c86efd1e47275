"""Small knowledge bases made in a test, from text."""

from __future__ import annotations

from pathlib import Path

import kb
from kb.evidence import ClaimEvidence, Evidence, TraitEvidence, Value, Verdict, write

AXES = "B: {role: batch, name: examples}\nT: {role: sequence, name: positions}\nF: {role: feature, name: features}\n"

PAPER = """title: {id}
authors: [Ada Example]
year: {year}
contributes: Something.
verified_against: [a test]
"""

BIAS = """name: {id}
summary: A bias.
formal: 'f = f'
acts_on: [sequence]
axis_in: both
assumes: Something.
helps_when: It is so.
hurts_when: It is not.
inherited: {inherited}
probe: implementations.biases.group.{code}:probe
tolerance: 1.0e-9
"""

ARCHITECTURE = """name: {id}
summary: An architecture.
introduced_by: paper2000
parts: [{{component: part, role: all of it}}]
equations: [{{latex: 'y = x'}}]
signature: {{inputs: {{x: [B, T, F]}}, outputs: {{y: [B, T, F]}}}}
implementation: implementations.architectures.family.{code}:Module
no_peer: it is a test
complexity: {{time: O(T), memory: O(T)}}
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
experiment: implementations.claims.topic.{code}:run
expect: [{{measure: agreement_error, at_most: 1.0e-12}}]
controls: [{{measure: other_difference, at_least: 0.01}}]
relation: {{subject: {subject}, kind: {kind}, object: {object}, when: '{when}'}}
scope: {{shows: This., leaves_open: That.}}
"""


class Miniature:
    """Writes entries into a folder and loads them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("axes.yaml", AXES)
        self.paper("paper2000")
        self.write("concepts/component/part.yaml", CONCEPT.format(id="part"))

    def write(self, path: str, text: str) -> None:
        file = self.root / "entries" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def paper(self, entry_id: str, year: int = 2000) -> None:
        self.write(f"papers/{year}/{entry_id}.yaml", PAPER.format(id=entry_id, year=year))

    def bias(self, entry_id: str, more: str = "", inherited: bool = False) -> None:
        text = BIAS.format(id=entry_id, code=entry_id.replace("-", "_"), inherited=str(inherited).lower())
        self.write(f"biases/group/{entry_id}.yaml", text + more)

    def architecture(self, entry_id: str, more: str = "", **replace: str) -> None:
        text = ARCHITECTURE.format(id=entry_id, code=entry_id.replace("-", "_"))
        for old, new in replace.items():
            text = text.replace(old, new)
        self.write(f"architectures/family/{entry_id}.yaml", text + more)

    def concept(self, entry_id: str, more: str = "", category: str = "theory") -> None:
        self.write(f"concepts/{category}/{entry_id}.yaml", CONCEPT.format(id=entry_id) + more)

    def relation(self, subject: str, kind: str, object_: str, verdict: Verdict = "supported", when: str = "so") -> str:
        """Write a claim that states an exact relation, and what its experiment is to have found."""
        entry_id = f"{subject}-{kind}-{object_}"
        names = {"id": entry_id, "code": entry_id.replace("-", "_"), "when": when}
        text = RELATION.format(subject=subject, kind=kind, object=object_, **names)
        self.write(f"claims/topic/{entry_id}.yaml", text)
        found = ClaimEvidence(verdict=verdict, seeds=1, measures={}, conditions=[])
        self._measured(f"claims/topic/{entry_id}", Evidence(digest="", libraries={}, claim=found))
        return entry_id

    def trait(self, architecture: str, bias: str, value: Value, error: float = 0.0) -> None:
        """Write what a probe is to have measured of the default variant of an architecture."""
        row = TraitEvidence(bias=bias, variant="default", error=error, tolerance=1e-9, draws=3, value=value)
        self._measured(f"architectures/family/{architecture}", Evidence(digest="", libraries={}, traits=[row]))

    def _measured(self, path: str, record: Evidence) -> None:
        write(self.root / "evidence" / f"{path}.json", record)

    def load(self) -> kb.KnowledgeBase:
        return kb.load(self.root)
