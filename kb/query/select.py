"""Selecting entries by what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.problems import NoSuchEntryError
from kb.schema import Architecture, Bias, Concept, Entry

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

KINDS = ("architecture", "bias", "claim", "concept", "paper", "path")
Names = str | Iterable[str] | None


def select(
    base: KnowledgeBase,
    kind: str = "architecture",
    *,
    exhibits: Names = None,
    lacks: Names = None,
    unknown: Names = None,
    uses: Names = None,
    family: str | None = None,
    since: int | None = None,
    until: int | None = None,
) -> list[Entry]:
    """Return the entries of a kind that satisfy every condition, oldest first.

    Args:
        base: The knowledge base.
        kind: Which kind of entry.
        exhibits: Biases that the default variant must have (architectures only).
        lacks: Biases that it must lack.
        unknown: Biases of which nothing is known although they apply.
        uses: Components that it must have among its parts.
        family: The group: the folder of the entry.
        since: First year.
        until: Last year.

    Raises:
        NoSuchEntryError: A bias, component, family or kind does not exist.
        ValueError: A condition on architectures is put to another kind.

    Examples:
        >>> import kb
        >>> [entry.id for entry in kb.load().select(exhibits="causality", family="recurrent")]
        ['recurrent-network', 'lstm', 'gru']
    """
    if kind not in KINDS:
        raise NoSuchEntryError(kind, KINDS, what="kind")
    traits = [("holds", _known(base.biases, exhibits, Bias)), ("lacks", _known(base.biases, lacks, Bias))]
    traits.append(("unknown", _known(base.biases, unknown, Bias)))
    parts = _known(base.concepts, uses, Concept)
    if kind != "architecture" and (parts or any(biases for _, biases in traits)):
        raise ValueError(f"`exhibits`, `lacks`, `unknown` and `uses` select architectures, not a {kind}")
    found = [entry for entry in base.values() if entry.kind == kind]
    if family is not None:
        groups = {entry.group for entry in found}
        if family not in groups:
            raise NoSuchEntryError(family, groups, what="family")
        found = [entry for entry in found if entry.group == family]
    found = [entry for entry in found if _in_years(entry, since, until)]
    found = [
        entry
        for entry in found
        if all(base.trait(entry.id, bias).value == value for value, biases in traits for bias in biases)
        and (not isinstance(entry, Architecture) or set(parts) <= {part.component for part in entry.parts})
    ]
    return sorted(found, key=lambda entry: (entry.year or 0, entry.id))


def _known(entries: Iterable[str], names: Names, kind: type[Entry]) -> list[str]:
    wanted = [] if names is None else [names] if isinstance(names, str) else list(names)
    known = list(entries)
    for name in wanted:
        if name not in known:
            raise NoSuchEntryError(name, known, what=kind.kind)
    return wanted


def _in_years(entry: Entry, since: int | None, until: int | None) -> bool:
    if since is None and until is None:
        return True
    return entry.year is not None and (since or entry.year) <= entry.year <= (until or entry.year)
