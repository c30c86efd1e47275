"""Building the indexes of the search, as a ratio to merely cutting the same texts into words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kb
from kb.naming import words
from kb.search import Searcher
from tests.benchmarks.conftest import fastest

MOST = 14.0
"""Times the floor; 8.5 was measured on 1,000 entries, and 8.1 on 3,000."""


@pytest.fixture(scope="module")
def many(generated: Path) -> kb.KnowledgeBase:
    return kb.load(generated)


def test_building_both_indexes(many: kb.KnowledgeBase, benchmark: Any) -> None:
    documents = Searcher(many).documents
    texts = [" ".join((*each.names, each.summary, each.origin)) for each in documents]
    texts += [getattr(entry, "definition", None) or "" for entry in many.values()]
    floor = fastest(lambda: [words(text) for text in texts])
    benchmark.pedantic(lambda: Searcher(many).deeper, rounds=3)
    ratio = fastest(lambda: Searcher(many).deeper) / floor
    benchmark.extra_info |= {"entries": len(many), "ratio": round(ratio, 2)}
    assert ratio < MOST


@pytest.mark.parametrize("text", ["generated concept 1234", "genrated concpt 1234", "a paragraph of some length"])
def test_searching_many(many: kb.KnowledgeBase, text: str, benchmark: Any) -> None:
    searcher = Searcher(many)
    assert searcher.search(text)
    benchmark(searcher.search, text)
