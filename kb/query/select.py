"""Selecting entries by what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from kb.base import Base
from kb.kinds import KINDS
from kb.problems import NoSuchEntryError
from kb.query.conditions import And, Condition, Has, Lacks, Unknown, Uses
from kb.query.conditions import family as family_named
from kb.query.language import parse
from kb.schema import Architecture, Bias, Entry
from kb.schema.bias import Weights

Names = str | Iterable[str] | None


def select(
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
) -> list[Entry]:
    """Return the entries of a kind that satisfy every condition, oldest first.

    Args:
        base: The knowledge base.
        kind: Which kind of entry.
        where: A condition with and, or and not: an object of `kb.query.conditions`, or a text (`kb.query.language`).
            This one and the next four are about the canonical variants of architectures.
        exhibits: Biases that it must have.
        lacks: Biases that it must lack.
        unknown: Biases of which nothing is known although they apply.
        uses: Components that it must have among its parts.
        family: The group: the folder of the entry.
        since: First year.
        until: Last year.
        scope: Of which weights the biases must be said that count: `all`, `initial` or `some`. Of biases, only those.

    Raises:
        NoSuchEntryError: A bias, component, family or kind does not exist.
        ValueError: A condition on architectures is put to another kind, or a text is no condition.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> [entry.id for entry in base.select(exhibits="causality", family="recurrent")][:2]
        ['recurrent-network', 'lstm']
        >>> base.select(where="locality and unbounded-context")
        <0 entries>
    """
    condition = condition_of(base, where=where, exhibits=exhibits, lacks=lacks, unknown=unknown, uses=uses)
    found = candidates(base, kind, condition, family=family, since=since, until=until, scope=scope)
    if condition is not None:
        found = [entry for entry in found if isinstance(entry, Architecture) and condition.judge(base, entry)]
    return sorted(found, key=lambda entry: (entry.year or 0, entry.id))


def condition_of(
    base: Base,
    *,
    where: Condition | str | None = None,
    exhibits: Names = None,
    lacks: Names = None,
    unknown: Names = None,
    uses: Names = None,
) -> Condition | None:
    """Return all conditions on architectures as one, with ids in place of names, or None where there is none."""
    conditions = [parse(where) if isinstance(where, str) else where] if where is not None else []
    for atom, names in ((Has, exhibits), (Lacks, lacks), (Unknown, unknown), (Uses, uses)):
        conditions += [atom(name) for name in ([names] if isinstance(names, str) else names or ())]
    return reduce(And, conditions).resolved(base) if conditions else None


def candidates(
    base: Base,
    kind: str,
    condition: Condition | None,
    *,
    family: str | None = None,
    since: int | None = None,
    until: int | None = None,
    scope: Weights | None = None,
) -> list[Entry]:
    """Return the entries of a kind, a family and some years."""
    if kind not in KINDS:
        raise NoSuchEntryError(kind, KINDS, what="kind")
    if condition is not None and kind != "architecture":
        raise ValueError(f"`where`, `exhibits`, `lacks`, `unknown` and `uses` select architectures, not a {kind}")
    if scope is not None and condition is not None:
        _require_scope(base, condition, scope)
    found = [entry for entry in base.values() if entry.kind == kind]
    if scope is not None:
        found = [entry for entry in found if not isinstance(entry, Bias) or entry.scope.weights == scope]
    group = None if family is None else family_named(family, found)
    return [entry for entry in found if group in (None, entry.group) and _in_years(entry, since, until)]


def _require_scope(base: Base, condition: Condition, scope: Weights) -> None:
    """Refuse biases that are said of other weights.

    Raises:
        ValueError: The condition names one.
    """
    for atom in condition.atoms():
        bias = base.biases[atom.name] if isinstance(atom, Has | Lacks | Unknown) else None
        if bias and bias.scope.weights != scope:
            raise ValueError(f"{bias.id} is said {bias.scope.words} (scope {bias.scope.weights}), not of scope {scope}")


def _in_years(entry: Entry, since: int | None, until: int | None) -> bool:
    if since is None and until is None:
        return True
    return entry.year is not None and (since or entry.year) <= entry.year <= (until or entry.year)
