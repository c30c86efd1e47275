"""Why an architecture satisfies a condition, or does not: the parts of the condition that decide it, with evidence."""

from __future__ import annotations

from kb.base import Base
from kb.query.conditions import Atom, Condition, Has, Lacks, Unknown, Verdict
from kb.query.select import condition_of


def reasons(base: Base, architecture: str, where: Condition | str) -> tuple[Verdict, list[str]]:
    """Return the verdict on one architecture, and a line for every part of the condition that decides it.

    Raises:
        NoSuchEntryError: A bias, component, family or axis does not exist.
        ValueError: The text is no condition.

    Examples:
        >>> import kb
        >>> reasons(kb.load(), "lstm", "causality and not in attention")
        (True, ['has causality: measured, derived', 'not in attention'])
    """
    entry, condition = base.architectures[architecture], condition_of(base, where=where)
    assert condition is not None
    found = dict.fromkeys(condition.grounds(base, entry))
    return condition.judge(base, entry), [_worded(base, entry.id, *ground) for ground in found]


def _worded(base: Base, architecture: str, atom: Atom, verdict: Verdict) -> str:
    """Write a part of a condition as it is, with the evidence for the trait that it is about, and its place."""
    stated = f"not {atom}" if verdict is False else str(atom)
    if not isinstance(atom, Has | Lacks | Unknown):
        return stated if verdict is not None else f"{stated}: unknown"
    cell = base.trait(architecture, atom.name)
    known = {"not-applicable": "does not apply", "unknown": "unknown"}.get(cell.value) or ", ".join(cell.how)
    place = "" if cell.variant == base.architectures[architecture].canonical else f", of {cell.variant}"
    return f"{stated}: {known}{place}"
