"""The checks of a whole knowledge base: those that loading needs, and those that only `kb check` makes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from kb import evidence, inference, links
from kb.base import KnowledgeBase
from kb.graph import relations
from kb.inference.transitivity import cycles
from kb.loading import Reading, read_folder
from kb.problems import KnowledgeBaseError, Problem, suggestion
from kb.schema import Signature
from kb.schema.common import Model
from kb.schema.common import Path as Steps

FOLDER_LIMIT = 25


def bundled_root() -> Path:
    """The folder with the `entries` that come with the library: in a checkout its root, else inside the package."""
    package = Path(__file__).parent
    checkout = package.parent
    return checkout if (checkout / "entries").is_dir() else package / "bundled"


def load(folder: Path | str | None = None) -> KnowledgeBase:
    """Load a knowledge base.

    Args:
        folder: A folder with `entries/` in it (and `evidence/`, `implementations/` beside it). Default: the bundled
            one.

    Returns:
        The knowledge base. Evidence, graph and deduction are computed when first asked for.

    Raises:
        KnowledgeBaseError: Some entries are wrong. `problems` lists every reason.
        FileNotFoundError: There is no `entries` folder.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> base["gcn"].introduced_by
        'kipf2016semi'
    """
    reading = read_folder(_root(folder))
    check_references(reading)
    if not reading.problems:
        check_cycles(reading)
    if reading.problems:
        raise KnowledgeBaseError(reading.problems)
    return KnowledgeBase(reading)


def check(folder: Path | str | None = None) -> list[Problem]:
    """Return every problem of a knowledge base, sorted: what `load` would raise, or else what only a check finds.

    No code of the implementations is run. Raises `FileNotFoundError` where there is no `entries` folder.
    """
    root = _root(folder)
    try:
        base = load(root)
    except KnowledgeBaseError as error:
        return error.problems
    for rule in CHECKS:
        rule(base, base.reading)
    return sorted(base.reading.problems)


def _root(folder: Path | str | None) -> Path:
    return bundled_root() if folder is None else Path(folder).resolve()


def check_references(reading: Reading) -> None:
    """Every reference names an entry of a kind that may stand there; no two entries of a kind share a name."""
    broken = {Path(problem.file).stem for problem in reading.problems}
    for entry in reading.entries.values():
        for steps, ref in entry.refs():
            target = reading.entries.get(ref)
            if target is None and ref not in broken:
                known = [other.id for other in reading.entries.values() if other.kind in ref.kinds]
                message = f"no entry {str(ref)!r}{suggestion(ref, known or reading.entries)}"
                reading.report(reading.files[entry.id], steps, message)
            elif target is not None and target.kind not in ref.kinds:
                message = (
                    f"expected {' or '.join(ref.kinds)}, but {str(ref)!r} is {_article(target.kind)} {target.kind}"
                )
                reading.report(reading.files[entry.id], steps, message)
    _check_names(reading)


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"


def _check_names(reading: Reading) -> None:
    taken: dict[tuple[str, str], str] = {}
    for entry in reading.entries.values():
        for name in (entry.title, *entry.aliases):
            key = (entry.kind, name.casefold())
            if key in taken and taken[key] != entry.id:
                message = f"the name {name!r} is taken by {taken[key]!r}: give one of the two another name"
                reading.report(reading.files[entry.id], ("name" if name == entry.title else "aliases",), message)
            taken.setdefault(key, entry.id)
    for entry in reading.entries.values():
        for alias in entry.aliases:
            if alias in reading.entries and alias != entry.id:
                reading.report(reading.files[entry.id], ("aliases",), f"the alias {alias!r} is the id of another entry")


def check_cycles(reading: Reading) -> None:
    """`specialises`, `requires` and the other transitive relations have no cycles."""
    for relation, nodes in cycles(relations(reading.entries.values())):
        message = f"a cycle: {' -> '.join(nodes)}; drop one of these edges"
        reading.report(reading.files[nodes[0]], (relation.replace("-", "_"),), message)


def check_axes(base: KnowledgeBase, reading: Reading) -> None:
    """Signatures use only letters of `axes.yaml`, and biases only its roles."""
    roles = set(base.roles.values())
    for bias in base.biases.values():
        for index, role in enumerate(bias.acts_on):
            if role not in roles:
                message = f"no axis has the role {role!r}{suggestion(role, roles)}: add it to axes.yaml, or correct it"
                reading.report(base.files[bias.id], ("acts_on", index), message)
    for entry in base.architectures.values():
        for name, variant in {"": None, **entry.variants}.items():
            signature = entry.signature if variant is None else variant.signature
            steps = ("signature",) if variant is None else ("variants", name, "signature")
            for letter in _letters(signature):
                if letter not in base.axes:
                    message = f"axis {letter!r} is not in axes.yaml (letters: {', '.join(base.axes)})"
                    reading.report(base.files[entry.id], steps, message)


def _letters(signature: Signature | None) -> list[str]:
    if signature is None:
        return []
    shapes = [*signature.inputs.values(), *signature.outputs.values()]
    found = [letter for shape in shapes for letter in (*shape.letters, shape.indexes or "")]
    return list(dict.fromkeys(letter for letter in found if letter))


def check_links(base: KnowledgeBase, reading: Reading) -> None:
    """Every link resolves, inside `implementations`."""
    for entry in base.values():
        for field in ("implementation", "peer", "probe", "experiment"):
            link = getattr(entry, field, None)
            message = links.problem_with(base.code_root, link) if link else None
            if message:
                reading.report(base.files[entry.id], (field,), message)
        for number, check in enumerate(getattr(entry, "checks", [])):
            message = links.problem_with(base.code_root, check.check)
            if message:
                reading.report(base.files[entry.id], ("checks", number, "check"), message)


def check_mirror(base: KnowledgeBase, reading: Reading) -> None:
    """An entry's own code stands at the path of the entry."""
    for entry in base.values():
        mirrored = base.files[entry.id].relative_to(base.root / "entries").with_suffix("").as_posix().replace("-", "_")
        for field in ("implementation", "probe", "experiment"):
            link = getattr(entry, field, None)
            if link and links.source_file(Path(), link).as_posix() != f"{links.PACKAGE}/{mirrored}.py":
                message = f"the code of this entry belongs at {links.PACKAGE}/{mirrored}.py, came {link}"
                reading.report(base.files[entry.id], (field,), message)
        group, name = mirrored.split("/")[-2:]
        for number, check in enumerate(getattr(entry, "checks", [])):
            if links.source_file(Path(), check.check).as_posix() != f"{links.PACKAGE}/checks/{group}/{name}.py":
                message = (
                    f"the checks of this entry belong at {links.PACKAGE}/checks/{group}/{name}.py, came {check.check}"
                )
                reading.report(base.files[entry.id], ("checks", number, "check"), message)


def check_cross_links(base: KnowledgeBase, reading: Reading) -> None:
    """Links in texts, written `[text](kb:lstm)`, lead to entries."""
    for entry_id, path in base.files.items():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for target in re.findall(r"\]\(kb:([^)]*)\)", line):
                if target not in base:
                    message = f"[...](kb:{target}) in {entry_id} leads nowhere{suggestion(target, base)}"
                    reading.problems.append(Problem(reading.relative(path), number, "", message))


def check_formulas(base: KnowledgeBase, reading: Reading) -> None:
    """Every formula can be shown: those of equations, and those between dollar signs in texts."""
    from kb.formulas import formulas_in, mathml

    for entry in base.values():
        for steps, value in _texts(entry):
            formulas = [value] if steps[-1] in ("latex", "formal") else formulas_in(value)
            for latex in formulas:
                try:
                    mathml(latex)
                except ValueError as error:
                    reading.report(base.files[entry.id], steps, str(error))


def _texts(value: object, steps: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Every text in an entry, with the fields that lead to it."""
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*steps, index))
    elif isinstance(value, dict | Model):
        items = value.items() if isinstance(value, dict) else value.__dict__.items()
        for name, item in items:
            yield from _texts(item, (*steps, str(name)))


def check_papers_used(base: KnowledgeBase, reading: Reading) -> None:
    """Every paper is cited by some entry."""
    for paper in base.papers.values():
        if not base.graph.in_degree(paper.id):
            reading.report(base.files[paper.id], (), "no entry cites this paper: cite it, or delete the file")


def check_folders(base: KnowledgeBase, reading: Reading) -> None:
    """No folder has outgrown a reader."""
    sizes = Counter(path.parent for path in base.files.values())
    for folder, size in sizes.items():
        if size > FOLDER_LIMIT:
            message = f"{size} entries in one folder (at most {FOLDER_LIMIT}): split the group"
            reading.problems.append(Problem(reading.relative(folder), 0, "", message))


def check_evidence(base: KnowledgeBase, reading: Reading) -> None:
    """Everything that can be measured has been, from the sources that there are now."""
    for entry in base.values():
        if not evidence.needs_evidence(entry) or evidence.sources_missing(base.code_root, entry):
            continue
        file = base.evidence_file(entry.id)
        shown = file.relative_to(base.root).as_posix()
        if entry.id not in base.evidence:
            what = "is missing" if not file.is_file() else "cannot be read"
            reading.report(base.files[entry.id], (), f"evidence {shown} {what}: run `kb verify {entry.id}`")
        elif base.is_stale(entry.id):
            message = f"evidence {shown} is stale: entry, sources or biases have changed; run `kb verify {entry.id}`"
            reading.report(base.files[entry.id], (), message)


def check_measured(base: KnowledgeBase, reading: Reading) -> None:
    """Every asserted trait that applies was measured and is neither refuted nor left undecided."""
    for (architecture, variant, bias), facts in base.facts.items():
        for field, value in (("exhibits", "holds"), ("lacks", "lacks")):
            if any(fact.how == "asserted" and fact.value == value for fact in facts):
                if not base.acting(architecture, bias, variant):
                    message = f"{bias} does not apply to variant {variant!r}: its signature has no such axis"
                    reading.report(base.files[architecture], (field,), message)
                elif architecture in base.evidence and not any(fact.how == "measured" for fact in facts):
                    message = f"{bias} of variant {variant!r} is asserted, but the probe's error decides nothing"
                    reading.report(base.files[architecture], (field,), message)


def check_sizes(base: KnowledgeBase, reading: Reading) -> None:
    """Variants have the parameter counts that their sources state."""
    for entry in base.architectures.values():
        record = base.evidence.get(entry.id)
        for name, variant in entry.variants.items():
            found = record.variants.get(name) if record else None
            if found and variant.parameters is not None and found.parameters != variant.parameters:
                message = f"the source states {variant.parameters:,}, the implementation has {found.parameters:,}"
                reading.report(base.files[entry.id], ("variants", name, "parameters"), message)


def check_peers(base: KnowledgeBase, reading: Reading) -> None:
    """Implementations agree with their peers to rounding error, and pass their exact checks."""
    for entry_id, record in base.evidence.items():
        if record.peer and not max(record.peer.outputs, record.peer.gradients) <= evidence.PEER_TOLERANCE:
            message = (
                f"differs from its peer by {record.peer.outputs:.0e} in outputs and {record.peer.gradients:.0e} in "
                f"gradients (at most {evidence.PEER_TOLERANCE:.0e} relative)"
            )
            reading.report(base.files[entry_id], ("peer",), message)
        for number, check in enumerate(record.checks):
            if not check.met:
                message = f"the error is {check.error:.1e} (at most {check.tolerance:.0e})"
                reading.report(base.files[entry_id], ("checks", number), message)


def check_contradictions(base: KnowledgeBase, reading: Reading) -> None:
    """Asserted, measured and derived values agree."""
    for holds, lacks in inference.contradictions(base.facts):
        premises = "\n".join([*inference.trace(holds, 2), *inference.trace(lacks, 2)])
        field = next((name for name, fact in (("exhibits", holds), ("lacks", lacks)) if fact.how == "asserted"), "")
        reading.report(base.files[holds.architecture], (field,) if field else (), f"a contradiction:\n{premises}")
    for can, cannot in base.representations.contradictions():
        premises = "\n".join(f"    {line}" for ability in (can, cannot) for line in ability.lines())
        claim = cannot.steps[-1][2]["claim"]
        reading.report(base.files[claim], ("relation",), f"a contradiction: {can}, and {cannot}:\n{premises}")


CHECKS: tuple[Callable[[KnowledgeBase, Reading], None], ...] = (
    check_axes,
    check_links,
    check_mirror,
    check_cross_links,
    check_formulas,
    check_papers_used,
    check_folders,
    check_evidence,
    check_measured,
    check_sizes,
    check_peers,
    check_contradictions,
)
