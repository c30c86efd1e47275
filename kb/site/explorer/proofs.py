"""The evidence for the traits of one architecture, loaded when somebody opens a cell of the table."""

from __future__ import annotations

from typing import Any

from kb.knowledge_base import KnowledgeBase
from kb.query.why import Explanation
from kb.site.addresses import trait_place
from kb.site.matrix import row


def proofs(base: KnowledgeBase, architecture: str) -> dict[str, Any]:
    """Return, for every bias that applies: the page about it, and for each value that some variants have a proof."""
    return {
        square.bias.id: {
            "page": trait_place(base, architecture, square.bias.id),
            "variants": [
                [names, square.variants[names[0]].value, _lines(base.why(architecture, square.bias.id, names[0]))]
                for names in square.by_value.values()
            ],
        }
        for square in row(base, base.architectures[architecture])
    }


def _lines(explanation: Explanation) -> list[str]:
    """The lines of all proofs, or what is missing; two spaces before a line for every step from the conclusion."""
    return [line for proof in explanation.proofs for line in proof] or list(explanation.missing)
