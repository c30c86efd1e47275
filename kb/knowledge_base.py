"""The knowledge base as one uses it: load it, check it, ask it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.answers import Answers
from kb.base import Base
from kb.characters import printable
from kb.collecting import without_collector
from kb.folders import bundled_root, is_bundled
from kb.loading import Reading, read_folder
from kb.problems import KnowledgeBaseError, Problem
from kb.references import check_relations
from kb.schema import Entry
from kb.traits import Cell
from kb.version import version

if TYPE_CHECKING:  # each question imports what it needs when it is asked
    from kb.configurations import Identified
    from kb.query import (
        Bearing,
        Comparison,
        Condition,
        Diagnosis,
        Edge,
        Emptiness,
        Explanation,
        Finding,
        Hop,
        Implication,
        Lineage,
        OpenCell,
        Prerequisite,
    )
    from kb.search import Hit


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
        return version() if is_bundled(self.root) else ""

    def search(self, text: str, limit: int = 10) -> Answers[Hit]:
        """Entries for a text, best first, in spite of typing errors; see `kb.search`."""
        from kb.search import Hit, search

        return Answers(search(self, text, limit), Hit, "hit")

    def select(self, kind: str = "architecture", **conditions: Any) -> Answers[Entry]:
        """Entries that satisfy all conditions; see `kb.query.select`."""
        from kb import query

        return Answers(query.select(self, kind, **conditions), Entry, "entry", "entries")

    def why_none(self, kind: str = "architecture", **conditions: Any) -> Emptiness:
        """Why `select` finds nothing: it is impossible, unknown, or there is none; see `kb.query.emptiness`."""
        from kb import query

        return query.why_none(self, kind, **conditions)

    def reasons(self, architecture: str, where: Condition | str) -> tuple[bool | None, list[str]]:
        """Whether an architecture satisfies a condition, and the parts that decide it: `kb.query.reasons`."""
        from kb import query

        return query.reasons(self, architecture, where)

    def bearing(self, theorem: str) -> Bearing:
        """Who meets a theorem, who shows that a premise is needed, who refutes its converse: `kb.query.bearing`."""
        from kb import query

        return query.bearing(self, theorem)

    def refute(self, implication: str) -> Implication:
        """Answer an implication by a proof, a counterexample, or that it is open; see `kb.query.conjectures`."""
        from kb import query

        return query.refute(self, implication)

    def compare(self, *entries: str) -> Comparison:
        """What two to four entries share and what separates them; see `kb.query.compare`."""
        from kb import query

        return query.compare(self, *entries)

    def lineage(self, entry_id: str) -> Lineage:
        """What an architecture came from and what came from it; see `kb.query.lineage`."""
        from kb import query

        return query.lineage(self, entry_id)

    def route(self, start: str, goal: str) -> Answers[Hop]:
        """The shortest explainable path between two entries; see `kb.query.route`."""
        from kb import query

        return Answers(query.route(self, start, goal), query.Hop, "step")

    def prerequisites(self, entry_id: str) -> Answers[Prerequisite]:
        """What to understand first, in order; see `kb.query.prerequisites`."""
        from kb import query

        return Answers(query.prerequisites(self, entry_id), query.Prerequisite, "prerequisite")

    def remedies(self, problem: str) -> Diagnosis:
        """What causes a problem, what it affects, and what helps against it; see `kb.query.remedies`."""
        from kb import query

        return query.remedies(self, problem)

    def why(self, architecture: str, bias: str, variant: str | None = None) -> Explanation:
        """How a trait is known, down to the sources, or what is missing; see `kb.query.why`."""
        from kb import query

        return query.why(self, architecture, bias, variant)

    def open(self) -> Answers[OpenCell]:
        """The traits that are unknown, those first whose answer would decide most others; see `kb.query.openness`."""
        from kb import query

        return Answers(query.open_cells(self), query.OpenCell, "unknown trait")

    def identify(self, configuration: Mapping[str, Any]) -> Identified:
        """Which architecture, variant and arguments a configuration of another library describes.

        Args:
            configuration: What `config.json` of a model of transformers, diffusers or timm holds.

        Raises:
            ValueError: Nothing here is so configured, or a size is missing.

        Examples:
            >>> import kb
            >>> sizes = {"vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12}
            >>> found = kb.load().identify({"model_type": "gpt2", **sizes})
            >>> found.entry.id, found.variant
            ('gpt-2', 'small')
        """
        from kb import configurations

        return configurations.identify(self, configuration)

    def takes(self, architecture: str) -> set[str]:
        """The axes of its inputs, by name and by role, as the condition `takes` has them."""
        return set(self.axes_used(architecture)[0])

    def gives(self, architecture: str) -> set[str]:
        """The axes of its outputs, by name and by role, as the condition `gives` has them."""
        return set(self.axes_used(architecture)[1])

    def parameters(self, architecture: str) -> dict[str, int]:
        """The parameters of every variant of a published size, as `at-most` and `at-least` have them."""
        from kb.query.stated import published

        return published(self, self.architectures[architecture])

    def unknown(self, architecture: str) -> list[str]:
        """The biases that apply to it and of which nothing is known, as the condition `unknown` has them."""
        return [bias for bias in self.biases if self.trait(architecture, bias).value == "unknown"]

    def matrix(self) -> Answers[Cell]:
        """Every trait of every architecture, of the variant that is meant; see `kb.query.listing`."""
        from kb import query

        return Answers(query.matrix(self), Cell, "trait")

    def edges(self) -> Answers[Edge]:
        """Every relation of the graph; see `kb.query.listing`."""
        from kb import query

        return Answers(query.edges(self), query.Edge, "relation")

    def findings(self) -> Answers[Finding]:
        """What every measurement showed; see `kb.query.listing`."""
        from kb import query

        return Answers(query.findings(self), query.Finding, "finding")


@without_collector()
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
    from kb.rules import rules

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
