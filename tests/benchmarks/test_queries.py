"""One query of each kind on the bundled entries; deduction and a first query include building what they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import kb
from kb.graph import build

QUERIES: dict[str, Callable[[kb.KnowledgeBase], object]] = {
    "lookup": lambda base: base["lstm"],
    "search": lambda base: base.search("gated recurent unit"),
    "select": lambda base: base.select(exhibits="causality", lacks="locality"),
    "compare": lambda base: base.compare("lstm", "gru"),
    "lineage": lambda base: base.lineage("graph-network"),
    "route": lambda base: base.route("mlp", "gat"),
    "prerequisites": lambda base: base.prerequisites("transformer"),
    "why": lambda base: base.why("lstm", "causality"),
}


@pytest.mark.parametrize("query", QUERIES)
def test_query(query: str, base: kb.KnowledgeBase, benchmark: Any) -> None:
    assert benchmark(QUERIES[query], base)


def test_graph(base: kb.KnowledgeBase, benchmark: Any) -> None:
    graph = benchmark(build, base)
    benchmark.extra_info |= {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}


def test_deduction(base: kb.KnowledgeBase, benchmark: Any) -> None:
    def deduce() -> object:
        fresh = kb.KnowledgeBase(base.reading)
        return fresh.facts

    facts = benchmark.pedantic(deduce, rounds=5)
    benchmark.extra_info |= {"cells": len(facts)}
