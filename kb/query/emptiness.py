"""Why a selection of architectures is empty: it is impossible, it is unknown, or there is none here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from kb import inference
from kb.base import Base
from kb.inference.setting import Setting
from kb.query.conditions import Atom, Condition, Has, Lacks
from kb.query.conditions import Literal as Required
from kb.query.select import Names, candidates, condition_of
from kb.schema import DEFAULT_VARIANT, Architecture
from kb.schema.bias import Weights
from kb.traits import Fact, Value

ANYTHING = "such an architecture"
NEAREST = 3
MOST = 1_000
"""Ways to satisfy a condition that are examined; a condition of many alternatives has as many as their product."""


@dataclass(frozen=True)
class Emptiness:
    """Why nothing was found.

    Args:
        verdict: `impossible` (a proof), `unknown` (some entry may satisfy it), or `none` (no entry does).
        lines: The proof; or who may satisfy it and what is unknown of it; or who comes nearest and what it misses.
    """

    verdict: Literal["impossible", "unknown", "none"]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        titles = {
            "impossible": "This is impossible:",
            "unknown": "Unknown:",
            "none": "No rule forbids it, but nothing here is like that. Nearest:",
        }
        return "\n".join([titles[self.verdict], *(f"  {line}" for line in self.lines)])

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as a JSON-ready dictionary."""
        return asdict(self)


def why_none(
    base: Base,
    kind: str = "architecture",
    *,
    where: Condition | str | None = None,
    exhibits: Names = None,
    lacks: Names = None,
    unknown: Names = None,
    uses: Names = None,
    family: str | None = None,
    since: int | None = None,
    until: int | None = None,
    scope: Weights | None = None,
) -> Emptiness:
    """Explain why `select`, asked the same, finds nothing.

    A proof assumes an architecture to which all biases of an alternative apply, with what is required and without what
    is not, and derives a contradiction from theorems. It is given if every alternative has one.

    Raises:
        NoSuchEntryError, ValueError: As `select` does.
        ValueError: There are too many ways to satisfy the condition.

    Examples:
        >>> import kb
        >>> kb.load().why_none(where="causality and bidirectional-context").verdict
        'impossible'
    """
    condition = condition_of(base, where=where, exhibits=exhibits, lacks=lacks, unknown=unknown, uses=uses)
    found = candidates(base, kind, condition, family=family, since=since, until=until, scope=scope)
    if condition is None:
        return Emptiness("none", ())
    if condition.ways() > MOST:
        raise ValueError(
            f"there are {condition.ways():,} ways to satisfy the condition, and at most {MOST:,} are examined: "
            "write it with fewer alternatives"
        )
    proofs = [_contradiction(base, required) for required in condition.alternatives()]
    if all(proofs):
        return Emptiness("impossible", tuple(line for proof in proofs for line in proof))
    entries = [entry for entry in found if isinstance(entry, Architecture)]
    unsure = [entry for entry in entries if condition.judge(base, entry) is None]
    if unsure:
        return Emptiness("unknown", tuple(_whats_unknown(base, entry, condition) for entry in unsure))
    return Emptiness("none", tuple(_nearest(base, entries, condition)))


def _contradiction(base: Base, required: Sequence[Required]) -> list[str]:
    """Return the lines of a proof that nothing is like that; no lines where none is found."""
    values: dict[tuple[type[Atom], bool], Value] = {
        (Has, True): "holds",
        (Has, False): "lacks",
        (Lacks, True): "lacks",
        (Lacks, False): "holds",
    }
    assumed = []
    for atom, truth in required:
        value = values.get((type(atom), truth))
        if value is not None:
            assumed.append(Fact(ANYTHING, DEFAULT_VARIANT, atom.name, value, "assumed"))
    known = inference.close(assumed, Setting.over(base.biases, base.theorems.values(), lambda *_: ("any axis",)))
    proofs = [[line for fact in pair for line in inference.trace(fact)] for pair in inference.contradictions(known)]
    return min(proofs, key=len, default=[])


def _whats_unknown(base: Base, entry: Architecture, condition: Condition) -> str:
    atoms = dict.fromkeys(atom for atom in condition.atoms() if atom.judge(base, entry) is None)
    return f"{entry.id}: whether it {' and whether it '.join(map(str, atoms))}"


def _nearest(base: Base, entries: Sequence[Architecture], condition: Condition) -> Iterator[str]:
    """Yield the entries that miss the fewest literals of an alternative, with what they miss."""

    def missed(entry: Architecture) -> list[Required]:
        failures = [
            [(atom, truth) for atom, truth in required if atom.judge(base, entry) is not truth]
            for required in condition.alternatives()
        ]
        return min(failures, key=len)

    ranked = sorted(((missed(entry), entry) for entry in entries), key=lambda pair: (len(pair[0]), pair[1].year or 0))
    for failures, entry in ranked[:NEAREST]:
        yield f"{entry.id}: all but {', '.join(_worded(atom, truth) for atom, truth in failures)}"


def _worded(atom: Atom, truth: bool) -> str:
    return str(atom) if truth else f"not {atom}"
