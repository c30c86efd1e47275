"""What can be said of a relation beside that it is there: what an edge of the graph has, under one description."""

from __future__ import annotations

DETAILS = {
    "because": ("because", "the reason."),
    "role": ("role", "what a part is there for."),
    "change": ("change", "what was changed."),
    "when": ("when", "the condition."),
    "effect": ("effect", "what a component does to a bias."),
    "value": ("statedValue", "holds or lacks, of a premise or conclusion."),
    "at": ("at", "the place in a source."),
    "note": ("note", "what a reading path says of a step."),
    "variant": ("ofVariant", "the variant."),
    "network": ("ofNetwork", "the sub-network."),
    "standing": ("standing", "where a part stands."),
    "over": ("over", "the axis along which a part is applied."),
    "times": ("times", "how often a part stands there."),
    "attends_to": ("attendsTo", "what a part attends to."),
    "claim": ("byClaim", "the claim that states it."),
    "theorem": ("byTheorem", "the theorem that states it."),
}
"""By the name on an edge: the word for it in RDF, and what it says."""
