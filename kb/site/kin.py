"""The relatives of an architecture: what it came from, what came from it, and what tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.knowledge_base import KnowledgeBase
from kb.query.kinship import kin
from kb.relations import RELATIONS
from kb.schema import Architecture, Bias
from kb.site.diagrams import Arrow

MOST = 6
"""Relatives that are compared on a page."""
OPPOSITES = {r.forward: r.backward for r in RELATIONS.values()} | {r.backward: r.forward for r in RELATIONS.values()}
DECIDED = ("holds", "lacks")

Values = Mapping[str, Mapping[str, str]]
"""What is known of architectures: values by bias."""


@dataclass
class Relative:
    """A relative: how it is related, what was changed, and the biases of which one has what the other lacks."""

    entry: Architecture
    words: str
    change: str
    ours: list[Bias] = field(default_factory=list)
    theirs: list[Bias] = field(default_factory=list)


def values(base: KnowledgeBase) -> Values:
    """Return the value of every trait of the canonical variants."""
    return {
        architecture: {
            bias: base.trait(architecture, bias, base.meant(architecture, bias)).value for bias in base.biases
        }
        for architecture in base.architectures
    }


def relatives(base: KnowledgeBase, entry: Architecture, known: Values) -> list[Relative]:
    """Return the nearest relatives with what tells them apart."""
    found = []
    for item in kin(base, entry.id)[:MOST]:
        relative = Relative(base.architectures[item.other], item.words, item.reason)
        for bias in base.biases.values():
            own, other = known[entry.id][bias.id], known[item.other][bias.id]
            if own != other and own in DECIDED and other in DECIDED:
                (relative.ours if own == "holds" else relative.theirs).append(bias)
        found.append(relative)
    return found


def arrows(base: KnowledgeBase, entry: Architecture, most: int) -> list[Arrow]:
    """Return what leads to an architecture and what it leads to, from the older to the newer, the nearest first.

    Args:
        base: The knowledge base.
        entry: The architecture.
        most: How many others there are at most.
    """
    line = base.lineage(entry.id)
    older = [Arrow(each.id, each.of, each.relation) for each in line.ancestors]
    newer = [Arrow(each.of, each.id, OPPOSITES[each.relation]) for each in line.descendants]
    beside = [
        Arrow(item.other, entry.id, item.forward) if item.backwards else Arrow(entry.id, item.other, item.forward)
        for item in kin(base, entry.id)
    ]
    pending, shown, found = [*older, *newer, *beside], {entry.id}, dict[tuple[str, str], Arrow]()
    while near := [a for a in pending if {a.start, a.end} & shown and len({a.start, a.end} | shown) <= most + 1]:
        first = next((a for a in near if entry.id in (a.start, a.end)), near[0])
        pending.remove(first)
        shown |= {first.start, first.end}
        if (first.end, first.start) not in found:
            found.setdefault((first.start, first.end), first)
    return list(found.values())
