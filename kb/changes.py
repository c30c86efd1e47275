"""What changed between two states of a knowledge base: entries, facts, verdicts and sizes.

A state is what `kb export json` writes, wherever it comes from: a folder, a file, a revision of a checkout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kb.kinds import KINDS

State = Mapping[str, Any]
NOTHING: State = {"entries": {}, "traits": [], "evidence": {}}
"""The state before the first entry."""
FROM_ELSEWHERE = frozenset({"id", "kind", "group", "year", "signatures"})
"""Fields in a state that are in no file of an entry."""


@dataclass(frozen=True)
class Change:
    """A value that is another one now; nothing where there was, or is, none."""

    what: str
    before: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.what}: {_shown(self.before)} -> {_shown(self.now)}"


@dataclass(frozen=True)
class Changes:
    """What changed. Entries are named by what they are called now, places as in `architectures/recurrent/lstm`.

    Args:
        added: Places of new entries.
        removed: Places of entries that are gone and have no successor.
        moved: Places of entries that have another id or group now, and where they are.
        fields: Fields that say something else, by entry.
        traits: Traits whose value is another one.
        verdicts: Claims of which the experiments say something else.
        sizes: Parameters and FLOPs of variants.
    """

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    fields: dict[str, list[Change]] = field(default_factory=dict)
    traits: list[Change] = field(default_factory=list)
    verdicts: list[Change] = field(default_factory=list)
    sizes: list[Change] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        """Yield what changed under headings, a line for each."""
        yield "Added", self.added
        yield "Removed", self.removed
        yield "Renamed or moved", [f"{before} -> {now}" for before, now in self.moved.items()]
        named = {name: ", ".join(change.what for change in changes) for name, changes in self.fields.items()}
        yield "Changed", [f"{name}: {fields}" for name, fields in named.items()]
        for title, changes in (("Traits", self.traits), ("Verdicts", self.verdicts), ("Sizes", self.sizes)):
            yield title, [str(change) for change in changes]


def between(old: State, new: State) -> Changes:
    """Return what changed from one state to another.

    Raises:
        ValueError: One of them is no state of a knowledge base.
    """
    for state in (old, new):
        if not all(isinstance(state.get(name), type(kind)) for name, kind in NOTHING.items()):
            raise ValueError(f"expected what `kb export json` writes, with {', '.join(NOTHING)}")
    former = {before: name for name, entry in new["entries"].items() for before in entry.get("formerly", ())}
    now = {name: former.get(name, name) for name in old["entries"]}
    kept = {name: now[name] for name in now if now[name] in new["entries"]}
    places = {name: (_place(old["entries"][name]), _place(new["entries"][kept[name]])) for name in kept}
    renamed = {before: after for before, after in former.items() if before in old["entries"]}
    return Changes(
        added=sorted(_place(entry) for name, entry in new["entries"].items() if name not in kept.values()),
        removed=sorted(_place(entry) for name, entry in old["entries"].items() if name not in kept),
        moved={before: after for before, after in places.values() if before != after},
        fields={
            after: changes
            for before, after in kept.items()
            if (changes := _fields(_renamed(old["entries"][before], renamed), new["entries"][after]))
        },
        traits=_values(_traits(old, kept), _traits(new, {name: name for name in kept.values()})),
        verdicts=_values(_verdicts(old, kept), _verdicts(new, {name: name for name in kept.values()})),
        sizes=_values(_sizes(old, kept), _sizes(new, {name: name for name in kept.values()})),
    )


def _place(entry: Mapping[str, Any]) -> str:
    return f"{KINDS[entry['kind']].folder}/{entry['group']}/{entry['id']}"


def _renamed(value: Any, former: Mapping[str, str]) -> Any:
    """A value with the present ids in place of those that entries had before, so that these are no changes."""
    if isinstance(value, dict):
        return {former.get(name, name): _renamed(item, former) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, former) for item in value]
    if isinstance(value, str) and former:
        return former.get(value) or re.sub(r"(?<=kb:)[a-z0-9-]+", lambda found: former.get(found[0], found[0]), value)
    return value


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    names = [name for name in {**old, **new} if name not in FROM_ELSEWHERE and name != "formerly"]
    return [Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _values(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs of two mappings, in the order of what is there now."""
    return [Change(name, old.get(name), new.get(name)) for name in {**new, **old} if old.get(name) != new.get(name)]


def _traits(state: State, names: Mapping[str, str]) -> dict[str, str]:
    found = (trait for trait in state["traits"] if trait["architecture"] in names)
    return {f"{names[trait['architecture']]} {trait['bias']}": trait["value"] for trait in found}


def _verdicts(state: State, names: Mapping[str, str]) -> dict[str, str]:
    records = {names[name]: record for name, record in state["evidence"].items() if name in names}
    return {name: record["claim"]["verdict"] for name, record in records.items() if record["claim"]}


def _sizes(state: State, names: Mapping[str, str]) -> dict[str, int | None]:
    return {
        f"{names[name]} {variant}, {what}": size[what]
        for name, record in state["evidence"].items()
        if name in names
        for variant, size in record["variants"].items()
        for what in ("parameters", "flops")
    }


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
