"""What the matrix says about a theorem: who meets it, who shows that a premise is needed, who refutes the converse."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from kb.base import Base
from kb.schema import Theorem

Converse = Literal["proved", "refuted", "open"]


@dataclass(frozen=True)
class Bearing:
    """How a theorem stands to the architectures.

    Args:
        meets: Architectures that have all premises, and so the conclusion.
        needs: For each premise, in ids, architectures without the conclusion that have all other premises.
        others: Architectures that have the conclusion and not all premises: they refute the converse.
        converse: What is known of the converse, from the entry or the matrix.
    """

    meets: tuple[str, ...]
    needs: dict[str, tuple[str, ...]]
    others: tuple[str, ...]
    converse: Converse

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON-ready dictionary."""
        return asdict(self)


def bearing(base: Base, theorem_id: str) -> Bearing:
    """Return what the matrix says about a theorem.

    Raises:
        NoSuchEntryError: There is no such theorem.

    Examples:
        >>> import kb
        >>> "lstm" in bearing(kb.load(), "recurrence-implies-causality").meets
        True
    """
    theorem = base.theorems[theorem_id]
    values = {entry_id: _values(base, theorem, entry_id) for entry_id in base.architectures}
    premises, conclusion = theorem.premises, theorem.conclusion
    meets = [name for name, known in values.items() if all(known[str(premise)] for premise in premises)]
    needs = {}
    for premise in premises:
        rest = [other for other in (*premises, conclusion.opposite) if other is not premise]
        named = (*rest, premise.opposite)
        needs[str(premise)] = tuple(name for name, known in values.items() if all(known[str(each)] for each in named))
    others = [
        name
        for name, known in values.items()
        if known[str(conclusion)] and any(known[str(premise.opposite)] for premise in premises)
    ]
    stated = theorem.converse.verdict if theorem.converse else None
    return Bearing(tuple(meets), needs, tuple(others), "refuted" if others else stated or "open")


def _values(base: Base, theorem: Theorem, entry_id: str) -> dict[str, bool]:
    """Which of a theorem's statements, and of their opposites, an architecture is known to satisfy."""
    known = {}
    for statement in (*theorem.premises, theorem.conclusion):
        value = base.trait(entry_id, statement.bias).value
        for each in (statement, statement.opposite):
            known[str(each)] = value == each.value
    return known
