"""One of everything that Python shows: entries of every kind, and the answer to every question."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from bundled import BASE

from kb.query.why import Explanation
from kb.schema import Ref

ONE_OF_EACH = [next(entry for entry in BASE.values() if entry.kind == kind) for kind in Ref.kinds]


def _unknown() -> Explanation:
    return BASE.why("lstm", BASE.unknown("lstm")[0]) if BASE.unknown("lstm") else BASE.why("gcn", "locality")


QUERIES: dict[str, Callable[[], object]] = {
    "base": lambda: BASE,
    "entry": lambda: BASE["lstm"],
    "comparison": lambda: BASE.compare("lstm", "gru"),
    "explanation": lambda: BASE.why("resnet", "causality"),
    "unknown": _unknown,
    "lineage": lambda: BASE.lineage("transformer"),
    "hits": lambda: BASE.search("network"),
    "no hits": lambda: BASE.search("lstm")[:0],
    "selection": lambda: BASE.select(),
    "route": lambda: BASE.route("mlp", "gat"),
    "prerequisites": lambda: BASE.prerequisites("transformer"),
    "matrix": lambda: BASE.matrix(),
    "edges": lambda: BASE.edges(),
    "findings": lambda: BASE.findings(),
}
SHOWN = [*QUERIES, *(entry.kind for entry in ONE_OF_EACH)]
"""Names of answers, which are found when a test asks, not when tests are collected."""


@cache
def answer(name: str) -> object:
    """The answer of this name, or the entry of this kind."""
    return QUERIES[name]() if name in QUERIES else next(entry for entry in ONE_OF_EACH if entry.kind == name)
