"""Rules on how entries hold together: axes, links to code, folders, and that nothing stands alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kb import links
from kb.base import Base
from kb.problems import Problem, suggestion
from kb.schema import Signature

FOLDER_LIMIT = 25


def roles_are_those_of_axes(base: Base) -> Iterator[Problem]:
    """Biases act on roles of `axes.yaml`."""
    roles = set(base.roles.values())
    for bias in base.biases.values():
        for index, role in enumerate(bias.acts_on):
            if role not in roles:
                message = f"no axis has the role {role!r}{suggestion(role, roles)}: add it to axes.yaml, or correct it"
                yield base.problem(bias.id, ("acts_on", index), message)


def signatures_use_known_axes(base: Base) -> Iterator[Problem]:
    """Signatures use only letters of `axes.yaml`."""
    for entry in base.architectures.values():
        own = {name: variant.signature for name, variant in entry.variants.items()}
        for name, signature in {"": entry.signature, **own}.items():
            steps = ("variants", name, "signature") if name else ("signature",)
            for letter in _letters(signature):
                if letter not in base.axes:
                    message = f"axis {letter!r} is not in axes.yaml (letters: {', '.join(base.axes)})"
                    yield base.problem(entry.id, steps, message)


def _letters(signature: Signature | None) -> list[str]:
    if signature is None:
        return []
    shapes = [*signature.inputs.values(), *signature.outputs.values()]
    found = [letter for shape in shapes for letter in (*shape.letters, shape.indexes or "")]
    return list(dict.fromkeys(letter for letter in found if letter))


def links_lead_to_code(base: Base) -> Iterator[Problem]:
    """Every link resolves, inside `implementations`."""
    for entry in base.values():
        for field in ("implementation", "peer", "probe", "experiment"):
            link = getattr(entry, field, None)
            message = links.problem_with(base.code_root, link) if link else None
            if message:
                yield base.problem(entry.id, (field,), message)
        for number, check in enumerate(getattr(entry, "checks", [])):
            message = links.problem_with(base.code_root, check.check)
            if message:
                yield base.problem(entry.id, ("checks", number, "check"), message)


def code_stands_at_the_path_of_its_entry(base: Base) -> Iterator[Problem]:
    """`entries/architectures/graph/gcn.yaml` is about `implementations/architectures/graph/gcn.py`."""
    for entry in base.values():
        mirrored = base.files[entry.id].relative_to(base.root / "entries").with_suffix("").as_posix().replace("-", "_")
        for field in ("implementation", "probe", "experiment"):
            link = getattr(entry, field, None)
            if link and links.source_file(Path(), link).as_posix() != f"{links.PACKAGE}/{mirrored}.py":
                message = f"the code of this entry belongs at {links.PACKAGE}/{mirrored}.py, came {link}"
                yield base.problem(entry.id, (field,), message)
        group, name = mirrored.split("/")[-2:]
        for number, check in enumerate(getattr(entry, "checks", [])):
            if links.source_file(Path(), check.check).as_posix() != f"{links.PACKAGE}/checks/{group}/{name}.py":
                message = (
                    f"the checks of this entry belong at {links.PACKAGE}/checks/{group}/{name}.py, came {check.check}"
                )
                yield base.problem(entry.id, ("checks", number, "check"), message)


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
    """No folder has outgrown a reader."""
    sizes = Counter(path.parent for path in base.files.values())
    for folder, size in sizes.items():
        if size > FOLDER_LIMIT:
            message = f"{size} entries in one folder (at most {FOLDER_LIMIT}): split the group"
            yield Problem(base.reading.relative(folder), 0, "", message)
