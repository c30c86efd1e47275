"""Why a trait has its value: the proofs, down to sources; or what is missing where it is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb import display, inference
from kb.base import Base
from kb.characters import printable
from kb.inference import composition
from kb.query.openness import deciders, reason
from kb.schema import DEFAULT_VARIANT, Bias
from kb.traits import Cell, Fact


@dataclass(frozen=True, repr=False)
class Explanation:
    """A trait with its justifications.

    Args:
        cell: The trait.
        missing: Where nothing is known: what stands in the way, and what would decide it.
    """

    cell: Cell
    missing: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return printable(f"<Explanation: {self.headline}>")

    def __str__(self) -> str:
        """The proofs, a fact a line; or what is missing."""
        return "\n".join([self.headline, *(line for proof in self.proofs or [[*self.missing]] for line in proof)])

    def _repr_html_(self) -> str:
        proofs = ("\n".join(map(display.text, proof)) for proof in self.proofs or [[*self.missing]])
        lines = (f"<pre style='white-space:pre-wrap'>{proof}</pre>" for proof in proofs)
        return f"<p>{display.text(self.headline)}</p>{''.join(lines)}"

    @property
    def headline(self) -> str:
        """What is known, and how."""
        cell = self.cell
        words = {"unknown": "is not known to have", "not-applicable": "has no axis for", "holds": "has"}
        how = f" ({', '.join(cell.how)})" if cell.how else ""
        place = "" if cell.variant == DEFAULT_VARIANT else f" ({cell.variant})"
        return f"{cell.architecture}{place} {words.get(cell.value, cell.value)} {cell.bias}{how}"

    @property
    def proofs(self) -> list[list[str]]:
        """The lines of every justification, shortest proof first."""
        return sorted((list(inference.trace(fact)) for fact in self.cell.facts), key=len)

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as a JSON-ready dictionary."""
        cell = self.cell
        facts = [fact_data(fact) for fact in cell.facts]
        about = {"architecture": cell.architecture, "variant": cell.variant, "bias": cell.bias, "value": cell.value}
        return {**about, "facts": facts, "missing": list(self.missing)}


def why(base: Base, architecture: str, bias: str, variant: str | None = None) -> Explanation:
    """Explain a trait, of the canonical variant where none is named.

    Raises:
        NoSuchEntryError: No such architecture, bias or variant.

    Examples:
        >>> import kb
        >>> explanation = kb.load().why("lstm", "causality")
        >>> explanation.cell.value
        'holds'
        >>> explanation.proofs[0][0].startswith("lstm has causality")
        True
    """
    cell = base.trait(architecture, bias, variant)
    return Explanation(cell, () if cell.facts else tuple(_missing(base, cell)))


def _missing(base: Base, cell: Cell) -> Iterator[str]:
    """Yield what stands in the way of a value, and what would give it one."""
    bias = base.biases[cell.bias]
    if cell.value == "not-applicable":
        yield _not_applicable(bias)
        return
    yield reason(base, cell.architecture, cell.variant, cell.bias)
    entry, letters = base.architectures[cell.architecture], base.acting(cell.architecture, cell.bias, cell.variant)
    for part, obstacle in composition.obstacles(entry, cell.variant, bias, base.concepts, letters):
        yield f"It does not follow from the parts: {part} {obstacle}."
    for fact in deciders(base, cell.architecture, cell.bias, cell.variant):
        yield f"It would follow if it were known that {fact}."


def _not_applicable(bias: Bias) -> str:
    where = {
        "both": "an input and an output",
        "inputs": "an input",
        "inputs-only": "an input that no output has",
        "pooled": "an input, and none in an output",
        "source": "an input, beside another one in an output",
    }
    axis = (
        f"{bias.least_axes} {' or '.join(bias.acts_on)} axes"
        if bias.least_axes > 1
        else f"a {' or '.join(bias.acts_on)} axis"
    )
    state = "a state that is carried along " if bias.of_state else ""
    return f"It needs {state}{axis} in {where[bias.axis_in]}, which the signature of this variant does not have."


def fact_data(fact: Fact) -> dict[str, Any]:
    """Return a fact with its premises as a JSON-ready dictionary."""
    data = {
        "id": fact.id,
        "fact": str(fact),
        "value": fact.value,
        "how": fact.how,
        "rule": fact.rule,
        "reason": fact.reason,
    }
    source = fact.source.model_dump(exclude_none=True) if fact.source else None
    return {**data, "source": source, "premises": [fact_data(premise) for premise in fact.premises]}
