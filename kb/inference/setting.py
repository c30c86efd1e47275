"""What rules look things up in: a view of the knowledge base that is made once for each closure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from kb.inference.readings import Literal, Reading, readings
from kb.inference.wider import Wider
from kb.schema import Bias, Theorem

K = TypeVar("K")
T = TypeVar("T")
Acting = Callable[[str, str, str], tuple[str, ...]]
Relatives = Mapping[str, tuple[tuple[str, str], ...]]
"""Architecture id to its relatives, each with the relation of the narrower to the wider one."""


@dataclass(frozen=True)
class Setting:
    """Lookups for rules.

    Args:
        biases: Biases by id.
        acting: The axis letters of a variant of an architecture that a bias acts on, none where it is not
            applicable: `(architecture, bias, variant)`.
        children: Architecture id to those that specialise it, are a special case of it, or a stack of it.
        parents: The same from below: to those that it specialises, or is a special case or a stack of.
        readings: A bias and its value to the sound readings of theorems that have it among their premises, numbered.
        exceptions: Architectures with biases that they lack although what they specialise has them, as measured.
        widened: An architecture and the place of a narrower network, such as `resnet-50~16`, to the variant that is
            this network, widened.
    """

    biases: Mapping[str, Bias]
    acting: Acting
    children: Relatives
    parents: Relatives
    readings: Mapping[Literal, tuple[tuple[int, Reading], ...]]
    exceptions: frozenset[tuple[str, str]] = frozenset()
    widened: Mapping[tuple[str, str], Wider] = field(default_factory=dict)

    @classmethod
    def over(
        cls,
        biases: Mapping[str, Bias],
        theorems: Iterable[Theorem],
        acting: Acting,
        inclusions: Iterable[tuple[str, str, str]] = (),
        exceptions: Iterable[tuple[str, str]] = (),
        widened: Mapping[tuple[str, str], Wider] | None = None,
    ) -> Setting:
        """Return the lookups for biases, for `(narrower, wider, relation)` triples of architectures, and the rest."""
        inclusions = list(inclusions)
        known = enumerate(reading for theorem in theorems for reading in readings(theorem, biases))
        return cls(
            biases=biases,
            acting=acting,
            children=_gathered((upper, (lower, relation)) for lower, upper, relation in inclusions),
            parents=_gathered((lower, (upper, relation)) for lower, upper, relation in inclusions),
            readings=_gathered((premise, numbered) for numbered in known for premise in numbered[1].premises),
            exceptions=frozenset(exceptions),
            widened=widened or {},
        )

    def applicable(self, architecture: str, variant: str, bias: str) -> bool:
        """Whether the signature of a variant has the axes that a bias acts on."""
        return bool(self.acting(architecture, bias, variant))


def _gathered(pairs: Iterable[tuple[K, T]]) -> dict[K, tuple[T, ...]]:
    """Return the second halves by the first, each once, in order."""
    found: dict[K, dict[T, None]] = {}
    for key, value in pairs:
        found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}
