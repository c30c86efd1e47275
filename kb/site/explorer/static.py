"""What stands on the explorer's page where no script runs."""

from __future__ import annotations

from kb.knowledge_base import KnowledgeBase
from kb.schema import Architecture, Bias
from kb.site.matrix import grouped


def rows(base: KnowledgeBase) -> list[tuple[Architecture, list[Bias], list[Bias]]]:
    """Return the architectures, oldest first, each with the biases that it has, and those of which that is unknown."""
    entries = sorted(base.architectures.values(), key=lambda entry: (entry.year or 0, entry.id))
    biases = grouped(base)

    def of(entry: Architecture, value: str) -> list[Bias]:
        return [bias for bias in biases if base.trait(entry.id, bias.id).value == value]

    return [(entry, of(entry, "holds"), of(entry, "unknown")) for entry in entries]
