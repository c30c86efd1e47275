"""The searches that both implementations of the ranking are put to."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml
from bundled import BASE

from kb.search import Searcher

HUNDRED: list[dict[str, Any]] = [
    query for group in yaml.safe_load((Path(__file__).parent / "searches.yaml").read_text()).values() for query in group
]
SEARCHER = Searcher(BASE)


def many() -> list[str]:
    """The hundred, names, names cut short, names with slips, words in any order, and what is hard to write."""
    generator = random.Random(0)
    names = generator.sample([name for each in SEARCHER.documents for name in each.names], 150)
    words = [word for each in SEARCHER.documents for word in each.summary.split()]
    mixed = [" ".join(generator.sample(words, generator.randrange(1, 5))) for _ in range(100)]
    slips = [name[: (at := generator.randrange(1, len(name)))] + name[at + 1 :] for name in names if len(name) > 1]
    cut = [name[: generator.randrange(1, len(name) + 1)] for name in names]
    odd = [
        "",
        " ",
        "?!",
        "C++",
        "İstanbul ß ﬁne",
        "Größe 1×1",
        "Gülçehre",
        "Łukasz",
        "e\u0301tude",
        "σ",
        "∇ 𝑥",
        "a the",
    ]
    return [*(query["query"] for query in HUNDRED), *names, *cut, *slips, *mixed, *odd]
