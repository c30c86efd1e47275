"""Benchmarks are ratios to a floor measured in the same run: absolute times tell more of the machine than of us.

What is asserted is about processor time, which others on the machine change less than the time that passes.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

SIZE = int(os.environ.get("KB_BENCH_ENTRIES", "10000"))


def fastest(run: Callable[[], object], rounds: int = 3) -> float:
    """Return the shortest of a few timings, in seconds of processor time."""
    times = []
    for _ in range(rounds):
        start = process_time()
        run()
        times.append(process_time() - start)
    return min(times)


@pytest.fixture(scope="session", autouse=True)
def as_users_have_it() -> None:
    """What the suite hides from the collector of cycles is given back to it: no user of the library has hidden any."""
    gc.unfreeze()


PAPER = """title: "Generated paper {number}"
authors: [Ada Example, Bob Example]
year: {year}
venue: Nowhere
ids: {{arxiv: "{year2:02d}01.{number:05d}"}}
contributes: Shows that number {number} can be generated.
verified_against: [generated]
"""

CONCEPT = """name: Generated concept {number}
summary: A concept that stands for any other.
introduced_by: generated{paper:05d}
definition: |
  A paragraph of some length, so that reading it costs what reading a real entry costs. It refers to
  [another concept](kb:concept-{other:05d}) and has a formula $x_{{t+1}} = f(x_t)$ in it.
requires:
  - {{concept: concept-{other:05d}, because: it comes before this one}}
distinct_from:
  - {{entry: concept-{far:05d}, because: that one has another number}}
references:
  - {{paper: generated{paper:05d}, at: sec. 2}}
"""


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of `SIZE` generated entries: one paper for every four concepts, 25 entries a folder."""
    root = tmp_path_factory.mktemp("generated")
    papers = SIZE // 5
    for number in range(papers):
        year = 1990 + number % 35
        folder = root / "entries" / "papers" / f"group-{number // 25}"
        folder.mkdir(parents=True, exist_ok=True)
        text = PAPER.format(number=number, year=year, year2=year % 100)
        (folder / f"generated{number:05d}.yaml").write_text(text)
    for number in range(SIZE - papers):
        folder = root / "entries" / "concepts" / f"group-{number // 25}"
        folder.mkdir(parents=True, exist_ok=True)
        text = CONCEPT.format(number=number, paper=number % papers, other=max(number - 1, 0), far=number // 2)
        if number == 0:
            text = text.replace("requires:\n  - {concept: concept-00000, because: it comes before this one}\n", "")
        (folder / f"concept-{number:05d}.yaml").write_text(text)
    return root
