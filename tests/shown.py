"""One of everything that Python shows: entries of every kind, and the answer to every question."""

from __future__ import annotations

from functools import cache

from bundled import BASE

from kb.schema import Ref

ONE_OF_EACH = [next(entry for entry in BASE.values() if entry.kind == kind) for kind in Ref.kinds]


@cache
def answered() -> dict[str, object]:
    return {
        "base": BASE,
        "entry": BASE["lstm"],
        "comparison": BASE.compare("lstm", "gru"),
        "explanation": BASE.why("resnet", "causality"),
        "unknown": BASE.why("lstm", BASE.unknown("lstm")[0]) if BASE.unknown("lstm") else BASE.why("gcn", "locality"),
        "lineage": BASE.lineage("transformer"),
        "hits": BASE.search("network"),
        "no hits": BASE.search("lstm")[:0],
        "selection": BASE.select(),
        "route": BASE.route("mlp", "gat"),
        "prerequisites": BASE.prerequisites("transformer"),
        "matrix": BASE.matrix(),
        "edges": BASE.edges(),
        "findings": BASE.findings(),
    } | {entry.kind: entry for entry in ONE_OF_EACH}
