"""The knowledge base: typed entries, their graph, the evidence, and the questions one can ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import networkx as nx

from kb import evidence as evidence_store
from kb import graph as graphs
from kb import inference, links
from kb.evidence import Evidence
from kb.inference import composition
from kb.inference.representation import Ability, Representations
from kb.inference.setting import Setting
from kb.inference.transitivity import closure
from kb.loading import Reading
from kb.problems import NoSuchEntryError
from kb.schema import DEFAULT_VARIANT, Architecture, Bias, Claim, Concept, Entry, Paper, ReadingPath
from kb.traits import Cell, Fact, acting_letters, asserted

if TYPE_CHECKING:
    from kb.query import Comparison, Emptiness, Explanation, Hop, Lineage, OpenCell, Prerequisite
    from kb.search import Hit

E = TypeVar("E", bound=Entry)


class KnowledgeBase(Mapping[str, Entry]):
    """Entries by id (or by an id they had before a rename), and what follows from them.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> base["lstm"].name
        'Long short-term memory'
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.root: Path = reading.root
        self.code_root: Path = links.code_root(reading.root)
        self.files: Mapping[str, Path] = reading.files
        self.axes = reading.axes
        self._letters_known: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...], bool]] = {}
        self._entries = dict(sorted(reading.entries.items()))
        for entry in self._entries.values():
            entry._base = self

    def __getitem__(self, entry_id: str) -> Entry:
        try:
            return self._entries[entry_id]
        except KeyError:
            pass
        if entry_id in self._renamed:
            return self._entries[self._renamed[entry_id]]
        raise NoSuchEntryError(entry_id, self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<KnowledgeBase of {len(self)} entries>"

    @cached_property
    def _renamed(self) -> dict[str, str]:
        return {alias.lower(): entry.id for entry in self._entries.values() for alias in entry.aliases}

    def _of(self, kind: type[E]) -> dict[str, E]:
        return {entry.id: entry for entry in self._entries.values() if isinstance(entry, kind)}

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
    def graph(self) -> nx.MultiDiGraph[str]:
        """All entries and relations; see `kb.graph`."""
        return graphs.build(self._entries)

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """Evidence by entry id, for the entries that have some; whether it is stale is a question for `is_stale`."""
        found = {}
        for entry in self._entries.values():
            if evidence_store.needs_evidence(entry):
                record = evidence_store.read(self.evidence_file(entry.id))
                if record:
                    found[entry.id] = record
        return found

    @cached_property
    def speeds(self) -> dict[str, evidence_store.Speed]:
        """Speed relative to the peer by entry id, as `kb bench` last measured it."""
        return evidence_store.read_speeds(self.root)

    def evidence_file(self, entry_id: str) -> Path:
        """The file that holds, or will hold, the evidence of an entry."""
        return evidence_store.evidence_file(self.root, self[entry_id], self.files[entry_id])

    def digest(self, entry_id: str) -> str:
        """The digest of everything that the evidence of an entry depends on, as it is now."""
        return evidence_store.digest(self.code_root, self[entry_id], self.biases)

    def is_stale(self, entry_id: str) -> bool:
        """Whether the evidence of an entry was made from other sources than there are now, or lacks a trait."""
        record = self.evidence.get(entry_id)
        if record is None:
            return False
        return record.digest != self.digest(entry_id) or not self.probed(entry_id) <= {
            (trait.variant, trait.bias) for trait in record.traits
        }

    def probed(self, entry_id: str) -> set[tuple[str, str]]:
        """The `(variant, bias)` pairs of an architecture that probes measure: of small variants, and where asserted."""
        entry = self.architectures.get(entry_id)
        if entry is None:
            return set()
        named = {(trait.variant or DEFAULT_VARIANT, str(trait.bias)) for trait in [*entry.exhibits, *entry.lacks]}
        cells = {*product(entry.small_variants, self.biases), *named}
        return {(variant, bias) for variant, bias in cells if self.acting(entry_id, bias, variant)}

    # Traits

    @cached_property
    def roles(self) -> dict[str, str]:
        """Axis letter to role, from `axes.yaml`."""
        return {letter: axis.role for letter, axis in self.axes.items()}

    def acting(self, architecture: str, bias: str, variant: str = DEFAULT_VARIANT) -> tuple[str, ...]:
        """The axis letters of a variant that a bias speaks about; empty where the bias is not applicable."""
        letters = self._letters(architecture, variant)
        return acting_letters(self.biases[bias], *letters, self.roles)

    def _letters(self, architecture: str, variant: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """The axis letters of a variant's inputs and outputs, and whether it carries a state.

        Deduction asks for them at every step.
        """
        found = self._letters_known.get((architecture, variant))
        if found is None:
            signature = self.architectures[architecture].signature_of(variant)
            found = (*signature.letters, signature.carries_state)
            self._letters_known[architecture, variant] = found
        return found

    @cached_property
    def facts(self) -> dict[tuple[str, str, str], list[Fact]]:
        """Facts by `(architecture, variant, bias)`: asserted, measured, and all that follows from them."""
        premises = [fact for architecture in self.architectures.values() for fact in asserted(architecture)]
        premises += [fact for entry_id in self.architectures for fact in self._measured(entry_id)]
        components = {str(part.component) for entry in self.architectures.values() for part in entry.parts}
        parts = {component: self.concepts[component] for component in components}
        composed = composition.derive_all(self.architectures, parts, self._setting)
        return inference.close(premises, self._setting, composed)

    def _measured(self, architecture: str) -> Iterator[Fact]:
        record = self.evidence.get(architecture)
        for trait in record.traits if record else ():
            known = trait.bias in self.biases and trait.variant in self.architectures[architecture].all_variants
            if trait.value != "unknown" and known:
                reason = f"error {trait.error:.1e} over {trait.draws} draws, tolerance {trait.tolerance:.0e}"
                yield Fact(architecture, trait.variant, trait.bias, trait.value, "measured", reason)

    @cached_property
    def _setting(self) -> Setting:
        return Setting.over(self.biases, self.is_applicable, self._inclusions())

    def _inclusions(self) -> Iterator[tuple[str, str, str]]:
        """Which architecture specialises which, and which is a special case of which: (narrower, wider, relation)."""
        for lower, upper, data in self.graph.edges(data=True):
            relation = data["relation"]
            included = relation == "specialises" or (relation == "special-case-of" and is_shown(self, data))
            if included and lower in self.architectures and upper in self.architectures:  # components have no traits
                yield lower, upper, relation

    @cached_property
    def representations(self) -> Representations:
        """What can represent what, as far as claims with a supported experiment show it."""
        edges = self.graph.edges(data=True)
        return Representations(
            edge for edge in edges if edge[2]["relation"] in graphs.EXACT and is_shown(self, edge[2])
        )

    def is_applicable(self, architecture: str, variant: str, bias: str) -> bool:
        """Whether the signature of a variant has the axes that a bias speaks about."""
        return bool(self.acting(architecture, bias, variant))

    def trait(self, architecture: str, bias: str, variant: str = DEFAULT_VARIANT) -> Cell:
        """What is known of one trait, and how.

        Raises:
            NoSuchEntryError: No such architecture, bias or variant.
        """
        if self._kind(architecture, Architecture).all_variants.keys().isdisjoint({variant}):
            raise NoSuchEntryError(variant, self.architectures[architecture].all_variants, what="variant")
        self._kind(bias, Bias)
        facts = tuple(self.facts.get((architecture, variant, bias), ()))
        if facts:
            return Cell(architecture, variant, bias, facts[0].value, facts)
        applicable = self.acting(architecture, bias, variant)
        return Cell(architecture, variant, bias, "unknown" if applicable else "not-applicable")

    def cells(self, architecture: str, bias: str) -> dict[str, Cell]:
        """The trait of every variant about which something is known, the default first."""
        variants = self.architectures[architecture].all_variants
        found = {variant: self.trait(architecture, bias, variant) for variant in variants}
        return {name: cell for name, cell in found.items() if cell.facts or name == DEFAULT_VARIANT}

    def why(self, architecture: str, bias: str, variant: str = DEFAULT_VARIANT) -> Explanation:
        """How a trait is known, down to the sources, or what is missing; see `kb.query.why`."""
        from kb.query import why

        return why(self, architecture, bias, variant)

    def represents(self, subject: str, object_: str) -> Ability:
        """Whether one entry can represent another, with the chain of claims that shows it (deduction rule 3).

        Raises:
            NoSuchEntryError: An id is unknown.
        """
        return self.representations.between(self[subject].id, self[object_].id)

    def follow(self, assumed: Iterable[Fact]) -> dict[tuple[str, str, str], list[Fact]]:
        """All that would follow from some facts alone."""
        return inference.close(assumed, self._setting)

    def open(self) -> list[OpenCell]:
        """The traits that nobody knows, those first whose answer would decide most others; see `kb.query.openness`."""
        from kb.query import open_cells

        return open_cells(self)

    def redundant(self) -> list[Fact]:
        """The asserted traits that follow from the rest."""
        return [
            fact
            for facts in self.facts.values()
            for fact in facts
            if fact.how == "asserted" and any(other.how == "derived" for other in facts)
        ]

    def _kind(self, entry_id: str, kind: type[E]) -> E:
        entry = self[entry_id]
        if not isinstance(entry, kind):
            known = [other.id for other in self._entries.values() if isinstance(other, kind)]
            raise NoSuchEntryError(entry_id, known, what=kind.kind)
        return entry

    # Questions; each is a function of its own module

    def search(self, text: str, limit: int = 10) -> list[Hit]:
        """Entries for a text, best first, in spite of typing errors; see `kb.search`."""
        from kb.search import search

        return search(self, text, limit)

    def select(self, kind: str = "architecture", **conditions: Any) -> list[Entry]:
        """Entries that satisfy all conditions; see `kb.query.select`."""
        from kb.query import select

        return select(self, kind, **conditions)

    def why_none(self, kind: str = "architecture", **conditions: Any) -> Emptiness:
        """Why `select` finds nothing: it is impossible, nobody knows, or there is none; see `kb.query.emptiness`."""
        from kb.query import why_none

        return why_none(self, kind, **conditions)

    def compare(self, first: str, second: str) -> Comparison:
        """What two entries share and what separates them; see `kb.query.compare`."""
        from kb.query import compare

        return compare(self, first, second)

    def lineage(self, entry_id: str) -> Lineage:
        """What an architecture came from and what came from it; see `kb.query.lineage`."""
        from kb.query import lineage

        return lineage(self, entry_id)

    def route(self, start: str, goal: str) -> list[Hop]:
        """The shortest explainable path between two entries; see `kb.query.route`."""
        from kb.query import route

        return route(self, start, goal)

    def prerequisites(self, entry_id: str) -> list[Prerequisite]:
        """What to understand first, in order; see `kb.query.prerequisites`."""
        from kb.query import prerequisites

        return prerequisites(self, entry_id)

    def closure(self, relation: str, start: str) -> list[str]:
        """All that an entry reaches over a transitive relation, nearest first."""
        return closure(self.graph, relation, self[start].id)


def is_shown(base: KnowledgeBase, relation: Mapping[str, str]) -> bool:
    """Whether the experiment of the claim that states an exact relation supports it."""
    record = base.evidence.get(relation["claim"])
    return record is not None and record.claim is not None and record.claim.verdict == "supported"
