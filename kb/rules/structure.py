"""Rules on the structure of a knowledge base: axes, links to code, folders, and that nothing stands alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kb import links
from kb.base import Base
from kb.evidence.cases import WHOLE
from kb.problems import Problem, suggestion
from kb.schema import Architecture, Entry

FOLDER_LIMIT = 25


def roles_are_those_of_axes(base: Base) -> Iterator[Problem]:
    """Biases act on roles of `axes.yaml`."""
    roles = {axis.role for axis in base.axes.values()}
    for bias in base.biases.values():
        for index, role in enumerate(bias.acts_on):
            if role not in roles:
                message = f"no axis has the role {role!r}{suggestion(role, roles)}: add it to axes.yaml, or correct it"
                yield base.problem(bias.id, ("acts_on", index), message)


def axes_are_known(base: Base) -> Iterator[Problem]:
    """Every axis of a signature is one of `axes.yaml`, by its name, by its letter there, or by what the entry says."""
    for entry in base.architectures.values():
        for letter, axis in entry.axes.items():
            if axis not in base.axes:
                message = f"no axis {axis!r} in axes.yaml{suggestion(axis, base.axes)}: add it there, or correct it"
                yield base.problem(entry.id, ("axes", letter), message)
        named = {letter for place in entry.places for letter in entry.signature_of(place).named}
        for letter in sorted(named - entry.axes.keys()):
            if base.axis_of(entry.id, letter) is None:
                message = f"what the axis {letter!r} is, is not said: say it in `axes`, as in {{{letter}: layers}}"
                yield base.problem(entry.id, ("axes",), message)
        for letter in sorted(entry.axes.keys() - named):
            yield base.problem(entry.id, ("axes", letter), f"no signature has the axis {letter!r}: drop it")


def letters_mean_one_axis(base: Base) -> Iterator[Problem]:
    """No two axes of `axes.yaml` have the same letter."""
    first: dict[str, str] = {}
    for name, axis in base.axes.items():
        other = first.setdefault(axis.letter, name) if axis.letter else name
        if other != name:
            message = f"the letter {axis.letter} is that of {other!r} already: give it to one of them"
            yield base.reading.problem(base.root / "entries" / "axes.yaml", (name, "letter"), message)


def links_lead_to_code(base: Base) -> Iterator[Problem]:
    """Every link resolves, inside `implementations`: that of an implementation, and those that follow from the path."""
    for entry in base.values():
        for field in ("implementation", "probe", "experiment"):
            link = getattr(entry, field, None)
            message = links.problem_with(base.root, link) if link else None
            if message:
                yield base.problem(entry.id, (field,) if field in type(entry).model_fields else (), message)
        if entry.peer and (message := _problem_with_peer(base, entry)):
            yield base.problem(entry.id, (), message)
        for number, check in enumerate(getattr(entry, "checks", [])):
            message = links.problem_with(base.root, entry.beside("checks", check.check))
            if message:
                yield base.problem(entry.id, ("checks", number, "check"), message)


def _problem_with_peer(base: Base, entry: Entry) -> str | None:
    """Say what is wrong with the file of a peer; one of sub-networks alone needs no function for the whole."""
    networks = entry.networks if isinstance(entry, Architecture) else ()
    found = [links.problem_with(base.root, entry.beside("peers", name)) for name in (WHOLE, *networks)]
    return found[0] if all(found) else None


def code_stands_at_the_path_of_its_entry(base: Base) -> Iterator[Problem]:
    """`entries/architectures/graph/gcn.yaml` is about `implementations/architectures/graph/gcn.py`."""
    for entry in base.values():
        link = getattr(entry, "implementation", None)
        if link:
            expected = entry.beside(base.files[entry.id].relative_to(base.root / "entries").parts[0], "")
            if link.partition(":")[0] + ":" != expected:
                file = expected.rstrip(":").replace(".", "/")
                message = f"the code of this entry belongs at {file}.py, came {link}"
                yield base.problem(entry.id, ("implementation",), message)


def papers_are_cited(base: Base) -> Iterator[Problem]:
    """Every paper is cited by some entry."""
    for paper in base.papers.values():
        if not base.graph.in_degree(paper.id):
            yield base.problem(paper.id, (), "no entry cites this paper: cite it, or delete the file")


def entries_are_connected(base: Base) -> Iterator[Problem]:
    """Every entry refers to another, or is referred to."""
    for entry in base.values():
        if entry.kind != "paper" and not base.graph.degree(entry.id):
            yield base.problem(entry.id, (), "nothing refers to it and it refers to nothing: relate it to an entry")


def folders_are_small(base: Base) -> Iterator[Problem]:
    """No folder has outgrown a reader; those of papers are years, which cannot be split."""
    sizes = Counter(path.parent for entry_id, path in base.files.items() if base[entry_id].kind != "paper")
    for folder, size in sizes.items():
        if size > FOLDER_LIMIT:
            message = f"{size} entries in one folder (at most {FOLDER_LIMIT}): split the group"
            yield Problem(base.reading.relative(folder), 0, "", message)
