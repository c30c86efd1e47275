"""What deduction starts from: facts that were measured, and how architectures include each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from kb.inference.wider import Wider
from kb.schema import DEFAULT_VARIANT, NARROWER, Architecture, Bias
from kb.traits import Fact

if TYPE_CHECKING:
    import networkx as nx

    from kb.evidence import Evidence


class Known(Protocol):
    """What is needed of a knowledge base, before anything is deduced."""

    @property
    def architectures(self) -> Mapping[str, Architecture]: ...  # noqa: D102
    @property
    def biases(self) -> Mapping[str, Bias]: ...  # noqa: D102
    @property
    def evidence(self) -> Mapping[str, Evidence]: ...  # noqa: D102
    @property
    def graph(self) -> nx.MultiDiGraph[str]: ...  # noqa: D102
    def closure(self, relation: str, start: str) -> list[str]: ...  # noqa: D102


def measured(base: Known, architecture: str) -> Iterator[Fact]:
    """Yield what was measured of the traits of an architecture."""
    record = base.evidence.get(architecture)
    for trait in record.traits if record else ():
        known = trait.bias in base.biases and base.architectures[architecture].has_place(trait.variant)
        if trait.value != "unknown" and known:
            reason = f"{trait.which} error {trait.error:.1e} of {trait.draws} draws, tolerance {trait.tolerance:.0e}"
            place = trait.variant + (f"{NARROWER}{trait.narrowed}" if trait.narrowed > 1 else "")
            yield Fact(architecture, place, trait.bias, trait.value, "measured", reason)


def widened(base: Known) -> Iterator[tuple[tuple[str, str], Wider]]:
    """The places of narrower networks, each with the variant that is wider, as measured."""
    for architecture in base.architectures:
        record = base.evidence.get(architecture)
        for variant, found in (record.widenings if record else {}).items():
            if found.factor > 1 and variant in base.architectures[architecture].all_variants:
                yield (architecture, f"{variant}{NARROWER}{found.factor}"), Wider.of(found)


def exceptions(base: Known) -> Iterator[tuple[str, str]]:
    """The biases that an architecture lacks, as measured and with a reason, though what it specialises has them."""
    facts = [fact for entry_id in base.architectures for fact in measured(base, entry_id)]
    known = {(f.architecture, f.bias, f.value) for f in facts if f.variant == DEFAULT_VARIANT}
    for entry in base.architectures.values():
        stated = [trait for trait in entry.lacks if trait.because and trait.place == DEFAULT_VARIANT]
        reasons = {str(trait.bias) for trait in stated if base.biases[trait.bias].inherited}
        lacking = [bias for bias in reasons if (entry.id, bias, "lacks") in known]
        above = base.closure("specialises", entry.id) if lacking else []
        for bias in lacking:
            if any((wider, bias, "holds") in known for wider in above):
                yield entry.id, bias


def inclusions(base: Known) -> Iterator[tuple[str, str, str]]:
    """Which architecture specialises which, or is a special case or a stack of it: (narrower, wider, relation)."""
    claims = supported(base)
    for lower, upper, data in base.graph.edges(data=True):
        relation = data["relation"]
        stated = relation in ("specialises", "stack-of")
        included = stated or (relation == "special-case-of" and data["claim"] in claims)
        if included and lower in base.architectures and upper in base.architectures:  # components have no traits
            yield lower, upper, relation


def supported(base: Known) -> frozenset[str]:
    """Return the claims that their experiments support; an exact relation holds as far as its claim is one of them."""
    records = base.evidence.items()
    return frozenset(claim for claim, record in records if record.claim and record.claim.verdict == "supported")
