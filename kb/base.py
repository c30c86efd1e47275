"""What a knowledge base holds: typed entries, their graph, the evidence, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kb import graph as graphs
from kb import inference, premises
from kb.collecting import without_collector
from kb.folders import is_plain
from kb.importing import Code
from kb.inference import composition
from kb.inference.keeping import Facts, kept
from kb.inference.representation import Ability, Representations
from kb.inference.setting import Setting
from kb.inference.transitivity import closure
from kb.loading import AxisDefinition, Reading
from kb.naming import ByName, FoundByName, Names
from kb.problems import NoSuchEntryError, Problem
from kb.reading import files_below
from kb.relations import having
from kb.schema import DEFAULT_VARIANT, NARROWER, Architecture, Bias, Claim, Concept, Entry, Paper, ReadingPath, Theorem
from kb.schema.model import Path as Steps
from kb.syntax import Syntax
from kb.traits import Acting, Axes, Cell, Fact, asserted

if TYPE_CHECKING:  # loading needs neither
    import networkx as nx

    from kb.diagram import Diagram
    from kb.evidence import Evidence, Job, Lines, Speed

TRUNK = "trunk"
"""The sub-network before a pooled or flattened read-out."""
E = TypeVar("E", bound=Entry)


class Base(Mapping[str, Entry]):
    """Entries by id, name, other name or former id (see `kb.naming`), and what follows from them. It asks no questions.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> base["lstm"].name
        'Long short-term memory'
        >>> base["CNN"].id, "multi-layer perceptron" in base
        ('convolutional-network', True)
    """

    def __init__(self, reading: Reading, left_out: Sequence[Problem] = ()) -> None:
        self.reading = reading
        self.left_out: tuple[Problem, ...] = tuple(left_out)
        """What is wrong with the entries that were left out, where that was asked for."""
        self.root: Path = reading.root
        self.code = Code(self.root)
        self.files: Mapping[str, Path] = reading.files
        self.axes = reading.axes
        self._jobs: dict[str, list[Job]] = {}
        self._settled: dict[str, Facts] = {}
        self._acting: dict[tuple[str, str], Acting] = {}
        self._axes_used: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        self._by_axes: dict[tuple[Axes, str], Acting] = {}
        self._entries = dict(sorted(reading.entries.items()))
        for entry in self._entries.values():
            origin = self._entries.get(getattr(entry, "introduced_by", None) or "")
            entry.belong(self.code, origin.year if origin else None, self.diagram)

    def __getitem__(self, name: str) -> Entry:
        """Return the entry that a name means.

        Raises:
            NoSuchEntryError: No entry has the name, or (`AmbiguousNameError`) several have.
        """
        return self._entries[name] if name in self._entries else self.names(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} entries>"

    def _ipython_key_completions_(self) -> list[str]:
        return self.names.completions(self._entries.values())

    @cached_property
    def names(self) -> Names:
        """Which entry a name means: by id, name, other names and former ids."""
        return Names(self._entries.values())

    def _of(self, kind: type[E]) -> dict[str, E]:
        found = {entry.id: entry for entry in self._entries.values() if isinstance(entry, kind)}
        return ByName(self.names, found, kind)

    @cached_property
    def architectures(self) -> dict[str, Architecture]:
        """Architectures by id."""
        return self._of(Architecture)

    @cached_property
    def biases(self) -> dict[str, Bias]:
        """Inductive biases by id."""
        return self._of(Bias)

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """Claims by id."""
        return self._of(Claim)

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """Concepts by id."""
        return self._of(Concept)

    @cached_property
    def papers(self) -> dict[str, Paper]:
        """Papers by id, which is their BibTeX key."""
        return self._of(Paper)

    @cached_property
    def paths(self) -> dict[str, ReadingPath]:
        """Reading paths by id."""
        return self._of(ReadingPath)

    @cached_property
    def theorems(self) -> dict[str, Theorem]:
        """Theorems by id."""
        return self._of(Theorem)

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """All entries and relations; see `kb.graph`."""
        return graphs.build(self._entries)

    def problem(self, entry_id: str, steps: Steps, message: str, near: str = "") -> Problem:
        """Return a problem with the field of an entry that `steps` lead to, with its line; see `Reading.report`."""
        return self.reading.problem(self.files[entry_id], steps, message, near=near)

    @cached_property
    def measured(self) -> Mapping[str, Lines]:
        """What the files of evidence hold, by entry id; each is read when it is asked for. See `kb.evidence`."""
        folder = self.root / "evidence"
        below = files_below(str(folder), depth=2) if is_plain(self.root, folder) else ()
        named = {Path(name).stem for name, _ in below}
        return FoundByName(self.names, (entry_id for entry_id in self._entries if entry_id in named), self._lines)

    def _lines(self, entry_id: str) -> Lines | None:
        """What the file of evidence of an entry holds, or nothing."""
        from kb.evidence import links_of, read

        file = self.evidence_file(entry_id)
        lines = read(file) if is_plain(self.root, file) and links_of(self._entries[entry_id]) else None
        return lines if lines and (lines.measurements or lines.problems) else None

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """What measurements say, by entry id, whether or not they are stale: see `stale`."""
        return FoundByName(self.names, self._entries, self._judged)

    def _judged(self, entry_id: str) -> Evidence | None:
        """What the measurements of an entry say; nothing where there are none."""
        from kb.evidence import judge

        lines = self.measured.get(entry_id)
        return judge(self._entries[entry_id], lines.measurements, self.biases) if lines and lines.measurements else None

    @cached_property
    def speeds(self) -> dict[str, Speed]:
        """Speed relative to the peer by entry id, as `kb bench` last measured it."""
        from kb.evidence import read_speeds

        return read_speeds(self.root)

    def evidence_file(self, entry_id: str) -> Path:
        """The file that holds, or will hold, the evidence of an entry."""
        from kb.evidence import evidence_file

        entry = self[entry_id]
        return evidence_file(self.root, entry, self.files[entry.id])

    @cached_property
    def syntax(self) -> Syntax:
        """The syntax that links reach, as the files were when first asked."""
        return Syntax(self.root)

    def jobs(self, entry_id: str) -> list[Job]:
        """All that can be measured of an entry, with the digests of what it depends on now; see `kb.evidence.jobs`."""
        from kb.evidence import Surroundings, jobs

        entry = self[entry_id]
        if entry.id not in self._jobs:
            around = Surroundings(self.syntax, self.biases, self.acting, self.apart, self._is_settled)
            self._jobs[entry.id] = jobs(entry, around)
        return self._jobs[entry.id]

    def stale(self, entry_id: str) -> list[Job]:
        """The measurements of an entry that are missing, or were made from other sources than there are now."""
        lines = self.measured.get(self[entry_id].id)
        known = {key: measurement.digest for key, measurement in lines.measurements.items()} if lines else {}
        required = (job for job in self.jobs(entry_id) if not job.optional or job.key in known)
        return [job for job in required if known.get(job.key) != job.digest]

    def is_stale(self, entry_id: str) -> bool:
        """Whether something was measured of an entry from other sources than there are now, or something is missing."""
        return self[entry_id].id in self.measured and bool(self.stale(entry_id))

    # Traits

    @cached_property
    def _by_letter(self) -> dict[str, AxisDefinition]:
        """The axes of `axes.yaml` by name and by letter."""
        return self.axes | {axis.letter: axis for axis in self.axes.values() if axis.letter}

    def axis_of(self, architecture: str, letter: str) -> AxisDefinition | None:
        """What an axis of an architecture's signature is; None where nothing says it."""
        named = self.architectures[architecture].axes.get(letter)
        return self.axes.get(named) if named else self._by_letter.get(letter)

    def acting(self, architecture: str, bias: str, variant: str = DEFAULT_VARIANT) -> tuple[str, ...]:
        """The axis letters of a variant that a bias acts on; empty where the bias is not applicable.

        Of a place such as `default@T` these are only those after the `@`, joined by dashes.
        """
        known = self._acting.get((architecture, variant))
        if known is None:
            place, _, only = variant.partition(NARROWER)[0].partition("@")
            key = self._axes_of(architecture, place), only
            known = self._acting[architecture, variant] = self._by_axes.setdefault(key, Acting(self.biases, *key))
        return known[bias]

    def apart(self, architecture: str, bias: str, variant: str = DEFAULT_VARIANT) -> list[str]:
        """The places for the axes of each input alone, such as the words and the image of a captioner.

        A bias that acts on the axes of several inputs holds if it holds of all, which hides that it may hold of one.
        There are none where it acts on one input only, or on features, which make up a function together.
        """
        if "feature" in self.biases[bias].acts_on:
            return []
        inputs = self.architectures[architecture].signature_of(variant).inputs.values()
        groups: dict[int, list[str]] = {}
        for letter in self.acting(architecture, bias, variant):
            first = next(number for number, shape in enumerate(inputs) if letter in shape.letters)
            groups.setdefault(first, []).append(letter)
        return [f"{variant}@{'-'.join(group)}" for group in groups.values()] if len(groups) > 1 else []

    def axes_used(self, architecture: str) -> tuple[frozenset[str], frozenset[str]]:
        """The axes of all inputs, and of all outputs, of a canonical variant, by name and by role."""
        if architecture not in self._axes_used:
            entry = self.architectures[architecture]
            inside, outside = entry.signature_of(entry.canonical).letters
            self._axes_used[architecture] = self._named(architecture, inside), self._named(architecture, outside)
        return self._axes_used[architecture]

    def _named(self, architecture: str, letters: Iterable[str]) -> frozenset[str]:
        """What letters of a signature stand for: the names of axes, and their roles."""
        axes = list(filter(None, (self.axis_of(architecture, letter) for letter in letters)))
        names = {name for name, other in self.axes.items() if any(other is axis for axis in axes)}
        return frozenset(names | {axis.role for axis in axes})

    def _axes_of(self, architecture: str, variant: str) -> Axes:
        """What decides which axes of a variant a bias acts on."""
        signature = self.architectures[architecture].signature_of(variant)
        axes = {letter: self.axis_of(architecture, letter) for letter in signature.named}
        roles = tuple((letter, axis.role) for letter, axis in axes.items() if axis)
        return Axes(*signature.letters, signature.carries_state, roles)

    @cached_property
    @without_collector()
    def facts(self) -> Facts:
        """Facts by `(architecture, variant, bias)`: asserted, measured, and all that follows from them."""
        return kept(self, self.deduce)

    def deduce(self) -> Facts:
        """Find all facts; `facts` does so only where something has changed since they were last found."""
        given = [fact for architecture in self.architectures.values() for fact in asserted(architecture)]
        given += [fact for entry_id in self.architectures for fact in premises.measured(self, entry_id)]
        return inference.close(given, self._setting, self._composed())

    def _composed(self) -> Iterator[Fact]:
        """What follows from the parts of architectures."""
        for architecture in self.architectures:
            yield from self._from_parts(architecture)

    def _from_parts(self, architecture: str) -> Iterator[Fact]:
        """What follows from the parts of one architecture."""
        entry = self.architectures[architecture]
        parts = {component: self.concepts[component] for component in {str(part.component) for part in entry.parts}}
        return composition.derive(entry, parts, self._rules)

    @cached_property
    def _rules(self) -> Setting:
        """What holds whatever was measured: biases and theorems."""
        return Setting.over(self.biases, self.theorems.values(), self.acting)

    def _is_settled(self, architecture: str, bias: str, variant: str) -> bool:
        """Whether a value follows from the parts, so that nothing has to be measured."""
        if architecture not in self._settled:
            self._settled[architecture] = inference.close((), self._rules, self._from_parts(architecture))
        return (architecture, variant, bias) in self._settled[architecture]

    @cached_property
    def _setting(self) -> Setting:
        theorems, widened = self.theorems.values(), dict(premises.widened(self))
        included, excepted = premises.inclusions(self), premises.exceptions(self)
        return Setting.over(self.biases, theorems, self.acting, included, excepted, widened)

    @cached_property
    def representations(self) -> Representations:
        """What can represent what, as far as claims with a supported experiment show it."""
        exact, claims = having("exact"), premises.supported(self)
        edges = ((start, end, data) for start, end, data in self.graph.edges(data=True) if data["relation"] in exact)
        return Representations(edge for edge in edges if edge[2]["claim"] in claims)

    def trait(self, architecture: str, bias: str, variant: str | None = None) -> Cell:
        """What is known of one trait of a variant, or as in `default/encoder` of a sub-network of one, and how.

        Without a variant the canonical one is meant, or where the bias does not apply to it, its trunk: a network that
        pools its features has locality before it does.

        Raises:
            NoSuchEntryError: No such architecture, bias, variant or sub-network.
        """
        entry = self.architectures[architecture]
        architecture, bias, variant = entry.id, self.biases[bias].id, variant or self.meant(architecture, bias)
        if not entry.has_place(variant):
            raise NoSuchEntryError(variant, entry.places, what="variant")
        facts = tuple(self.facts.get((architecture, variant, bias), ()))
        if facts:
            return Cell(architecture, variant, bias, facts[0].value, facts)
        applicable = self.acting(architecture, bias, variant)
        return Cell(architecture, variant, bias, "unknown" if applicable else "not-applicable")

    def meant(self, architecture: str, bias: str) -> str:
        """What is meant where no variant is named: the canonical one, or the trunk where only that has the axis."""
        entry, trunk = self.architectures[architecture], f"{DEFAULT_VARIANT}/{TRUNK}"
        applies = self.acting(entry.id, bias, entry.canonical) or TRUNK not in entry.networks
        return entry.canonical if applies or not self.acting(entry.id, bias, trunk) else trunk

    def cells(self, architecture: str, bias: str) -> dict[str, Cell]:
        """The trait of every variant about which something is known, the one that is meant first; see `meant`."""
        first = self.meant(architecture, bias)
        variants = dict.fromkeys([first, *self.architectures[architecture].all_variants])
        found = {variant: self.trait(architecture, bias, variant) for variant in variants}
        return {name: cell for name, cell in found.items() if cell.facts or name == first}

    def cells_of_parts(self, architecture: str, bias: str) -> dict[str, Cell]:
        """The trait of sub-networks, as in `default/encoder`, and of single inputs' axes, as far as it is known."""
        entry = self.architectures[architecture]
        places = [f"{DEFAULT_VARIANT}/{network}" for network in entry.networks]
        places += self.apart(entry.id, self.biases[bias].id, entry.canonical)
        found = {place: self.trait(architecture, bias, place) for place in places}
        return {place: cell for place, cell in found.items() if cell.facts}

    def represents(self, subject: str, object_: str) -> Ability:
        """Whether one entry can represent another, with the chain of claims that shows it (deduction rule 3).

        Raises:
            NoSuchEntryError: An id is unknown.
        """
        return self.representations.between(self[subject].id, self[object_].id)

    def diagram(self, architecture: str, level: int = 1) -> Diagram:
        """The block diagram of an architecture, as its page shows it; see `kb.pictures.showing.diagram`."""
        from kb.pictures.showing import diagram  # Graphviz is needed for nothing else

        entry = self.architectures[architecture]
        return diagram(self, entry, self.evidence.get(entry.id), level)

    def follow(self, assumed: Iterable[Fact]) -> Facts:
        """All that would follow from some facts alone."""
        return inference.close(assumed, self._setting)

    def redundant(self) -> list[Fact]:
        """The asserted traits that follow from the rest."""
        return [
            fact
            for facts in self.facts.values()
            for fact in facts
            if fact.how == "asserted" and any(other.how == "derived" for other in facts)
        ]

    def closure(self, relation: str, start: str) -> list[str]:
        """All that an entry reaches over a transitive relation, nearest first."""
        return closure(self.graph, relation, self[start].id)
