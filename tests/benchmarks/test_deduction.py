"""Deduction on generated architectures, as a ratio to merely making as many facts.

50 biases in ten chains of five, of which each implies the next and the last of one excludes that of the following;
architectures in families of ten, of which the first has traits that the others inherit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kb
from kb.traits import Fact
from tests.benchmarks.conftest import SIZE, fastest
from tests.small import Miniature

CHAINS, LENGTH, FAMILY = 10, 5, 10
MOST = 28.0
"""Times the floor; 17 were measured on 10,000 architectures (3.4 s, of which 1.3 s are deduction), and 41 before.

The rest is reading the signatures from as many files of code, and building the graph.
"""


@pytest.fixture(scope="module")
def deducible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of `SIZE` architectures with three asserted traits each."""
    small = Miniature(tmp_path_factory.mktemp("deducible"))
    for chain in range(CHAINS):
        for step in range(LENGTH):
            last = step == LENGTH - 1
            other = f"b{(chain + 1) % CHAINS}-{step}" if last else f"b{chain}-{step + 1}"
            small.bias(f"b{chain}-{step}", inherited=step % 2 == 0)
            if not last or chain % 2 == 0:
                small.theorem([f"b{chain}-{step}"], f"not {other}" if last else other)
    for number in range(SIZE):
        family, place = divmod(number, FAMILY)
        more = f"specialises: [a{family * FAMILY}]\n" if place else ""
        chain = 2 * (family % (CHAINS // 2))
        more += f"exhibits: [{{bias: b{chain}-{place % 2}}}]\nlacks: [{{bias: b{(chain + 5) % CHAINS}-4}}]\n"
        small.architecture(f"a{number}", more)
    return small.root


def test_deduction_of_generated(deducible: Path, benchmark: Any) -> None:
    base = kb.load(deducible)
    cells = [(entry, "default", bias) for entry in base.architectures for bias in base.biases]

    def deduce() -> int:
        return sum(len(facts) for facts in kb.KnowledgeBase(base.reading).deduce().values())

    facts = benchmark.pedantic(deduce, rounds=3)
    floor = fastest(lambda: [Fact(*cells[number % len(cells)], "holds", "derived") for number in range(facts)])
    benchmark.extra_info |= {
        "architectures": len(base.architectures),
        "biases": len(base.biases),
        "facts": facts,
        "derived_per_asserted": round(facts / (2 * len(base.architectures)), 2),
        "making_seconds": round(floor, 3),
        "ratio_to_making": round(benchmark.stats.stats.min / floor, 1),
    }
    print(f"\n{benchmark.extra_info}")
    assert fastest(deduce, 1) <= MOST * floor
