"""What loading checks of entries together: references lead somewhere, a name means one entry, nothing is circular."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kb.characters import shown
from kb.graph import relations
from kb.inference.transitivity import cycles
from kb.loading import Reading
from kb.problems import article, suggestion
from kb.schema import Ref


def check_relations(reading: Reading) -> None:
    """Report what is wrong with references, names and, where these are right, circles."""
    check_references(reading)
    if not reading.problems:
        check_cycles(reading)


def check_references(reading: Reading) -> None:
    """Every reference names an entry of a kind that may stand there; no two of a kind share a name, papers excepted."""
    broken = {Path(problem.file).stem for problem in reading.problems}
    for entry in reading.entries.values():
        for steps, ref in entry.refs():
            target = reading.entries.get(ref)
            if target is None and ref not in broken:
                reading.report(reading.files[entry.id], steps, partial(_no_entry, reading, ref))
            elif target is not None and target.kind not in ref.kinds:
                message = f"expected {' or '.join(ref.kinds)}, but {str(ref)!r} is {article(target.kind)} {target.kind}"
                reading.report(reading.files[entry.id], steps, message)
    _check_names(reading)


def _no_entry(reading: Reading, ref: Ref) -> str:
    known = [other.id for other in reading.entries.values() if other.kind in ref.kinds]
    return f"no entry {str(ref)!r}{suggestion(ref, known or reading.entries)}"


def _check_names(reading: Reading) -> None:
    taken: dict[tuple[str, str], str] = {}
    for entry in reading.entries.values():
        own = () if entry.kind == "paper" else (entry.title,)  # what others published may have one title
        for name in (*own, *entry.aliases):
            key = (entry.kind, name.casefold())
            if key in taken and taken[key] != entry.id:
                message = f"the name {shown(name)} is taken by {taken[key]!r}: give one of the two another name"
                reading.report(reading.files[entry.id], ("name" if name == entry.title else "aliases",), message)
            taken.setdefault(key, entry.id)
    for entry in reading.entries.values():
        for field, what in (("aliases", "the alias"), ("formerly", "the former id")):
            for name in getattr(entry, field):
                if name in reading.entries and name != entry.id:
                    message = f"{what} {name!r} is the id of another entry"
                    reading.report(reading.files[entry.id], (field,), message)


def check_cycles(reading: Reading) -> None:
    """`specialises`, `requires` and the other transitive relations have no cycles."""
    for relation, nodes in cycles(relations(reading.entries.values())):
        message = f"a cycle: {' -> '.join(nodes)}; drop one of these edges"
        reading.report(reading.files[nodes[0]], (relation.replace("-", "_"),), message)
