"""What rules look things up in: a view of the knowledge base that is made once for each closure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb.schema import Bias

Applicable = Callable[[str, str, str], bool]


@dataclass(frozen=True)
class Setting:
    """Lookups for rules.

    Args:
        biases: Biases by id.
        implied_by: Bias id to the biases that imply it.
        excluded_by: Bias id to the biases that exclude it, in either direction.
        children: Architecture id to those that specialise it or are a special case of it, with the relation.
        applicable: Whether a bias applies to a variant of an architecture: `(architecture, variant, bias)`.
    """

    biases: Mapping[str, Bias]
    implied_by: Mapping[str, tuple[str, ...]]
    excluded_by: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[tuple[str, str], ...]]
    applicable: Applicable
