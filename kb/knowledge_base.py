"""The knowledge base as one uses it: load it, check it, ask it."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb import query
from kb.base import Base
from kb.characters import printable
from kb.folders import bundled_root, is_bundled
from kb.loading import Reading, read_folder
from kb.problems import KnowledgeBaseError, Problem
from kb.query import (
    Bearing,
    Comparison,
    Condition,
    Diagnosis,
    Emptiness,
    Explanation,
    Hop,
    Implication,
    Lineage,
    OpenCell,
    Prerequisite,
)
from kb.references import check_relations
from kb.rules import rules
from kb.schema import Entry
from kb.search import Hit, search

if TYPE_CHECKING:
    from kb.pictures.showing import Diagram


class KnowledgeBase(Base):
    """Entries by id, what follows from them, and the questions one can ask; each is a function of its own module.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> base["lstm"].name
        'Long short-term memory'
    """

    @property
    def title(self) -> str:
        """What it is called where it is published or cited."""
        return "Deep Learning Taxonomy" if is_bundled(self.root) else "Knowledge base"

    @property
    def version(self) -> str:
        """The version of the entries that come with the library; nothing for those of another folder."""
        return _version() if is_bundled(self.root) else ""

    def search(self, text: str, limit: int = 10) -> list[Hit]:
        """Entries for a text, best first, in spite of typing errors; see `kb.search`."""
        return search(self, text, limit)

    def select(self, kind: str = "architecture", **conditions: Any) -> list[Entry]:
        """Entries that satisfy all conditions; see `kb.query.select`."""
        return query.select(self, kind, **conditions)

    def why_none(self, kind: str = "architecture", **conditions: Any) -> Emptiness:
        """Why `select` finds nothing: it is impossible, unknown, or there is none; see `kb.query.emptiness`."""
        return query.why_none(self, kind, **conditions)

    def reasons(self, architecture: str, where: Condition | str) -> tuple[bool | None, list[str]]:
        """Whether an architecture satisfies a condition, and the parts that decide it: `kb.query.reasons`."""
        return query.reasons(self, architecture, where)

    def bearing(self, theorem: str) -> Bearing:
        """Who meets a theorem, who shows that a premise is needed, who refutes its converse: `kb.query.bearing`."""
        return query.bearing(self, theorem)

    def refute(self, implication: str) -> Implication:
        """Answer an implication by a proof, a counterexample, or that it is open; see `kb.query.conjectures`."""
        return query.refute(self, implication)

    def compare(self, *entries: str) -> Comparison:
        """What two to four entries share and what separates them; see `kb.query.compare`."""
        return query.compare(self, *entries)

    def lineage(self, entry_id: str) -> Lineage:
        """What an architecture came from and what came from it; see `kb.query.lineage`."""
        return query.lineage(self, entry_id)

    def diagram(self, architecture: str, level: int = 1) -> Diagram:
        """The block diagram of an architecture, as its page shows it; see `kb.pictures.showing.diagram`."""
        from kb.pictures.showing import diagram  # Graphviz is needed for nothing else

        entry = self.architectures[architecture]
        return diagram(self, entry, self.evidence.get(entry.id), level)

    def route(self, start: str, goal: str) -> list[Hop]:
        """The shortest explainable path between two entries; see `kb.query.route`."""
        return query.route(self, start, goal)

    def prerequisites(self, entry_id: str) -> list[Prerequisite]:
        """What to understand first, in order; see `kb.query.prerequisites`."""
        return query.prerequisites(self, entry_id)

    def remedies(self, problem: str) -> Diagnosis:
        """What causes a problem, what it affects, and what helps against it; see `kb.query.remedies`."""
        return query.remedies(self, problem)

    def why(self, architecture: str, bias: str, variant: str | None = None) -> Explanation:
        """How a trait is known, down to the sources, or what is missing; see `kb.query.why`."""
        return query.why(self, architecture, bias, variant)

    def open(self) -> list[OpenCell]:
        """The traits that are unknown, those first whose answer would decide most others; see `kb.query.openness`."""
        return query.open_cells(self)


@cache
def _version() -> str:
    return metadata.version("deep-learning-taxonomy")


def load(folder: Path | str | None = None, *, skip_broken: bool = False) -> KnowledgeBase:
    """Load a knowledge base.

    Args:
        folder: A folder with `entries/` in it (and `evidence/`, `implementations/` beside it). Default: the bundled
            one.
        skip_broken: Go on without the entries that are wrong, and those that refer to them; `left_out` of the result
            says what is wrong with each.

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
    check_relations(reading)
    left_out = _leave_out_broken(reading) if skip_broken else []
    if reading.problems:
        raise KnowledgeBaseError(reading.all_problems())
    return KnowledgeBase(reading, left_out)


def _leave_out_broken(reading: Reading) -> list[Problem]:
    """Drop entries with problems, and so on with those that refer to them; return what was wrong."""
    found: list[Problem] = []
    while reading.problems:
        problems = reading.all_problems()
        files = {problem.file for problem in problems}
        broken = [entry_id for entry_id, path in reading.files.items() if reading.relative(path) in files]
        for entry_id in broken:
            del reading.entries[entry_id], reading.files[entry_id]
        found += problems
        reading.forget()
        check_relations(reading)
    return found


def check(folder: Path | str | None = None) -> list[Problem]:
    """Return every problem of a knowledge base, sorted: what `load` would raise, or else what only a check finds.

    No code of the implementations is run. Raises `FileNotFoundError` where there is no `entries` folder.
    """
    root = _root(folder)
    try:
        base = load(root)
    except KnowledgeBaseError as error:
        return error.problems
    return problems(base)


def problems(base: KnowledgeBase) -> list[Problem]:
    """Return every problem of a knowledge base that could be loaded, sorted."""
    base.reading.forget()
    for rule in rules():
        for problem in rule(base):
            base.reading.add(problem)
    return base.reading.all_problems()


def _root(folder: Path | str | None) -> Path:
    if folder is None:
        return bundled_root()
    try:
        return Path(folder).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a circle of links, or no name at all
        raise FileNotFoundError(f"no knowledge base at {printable(str(folder))}: {error}") from None
