"""Explorables: their numbers are those of the experiments, and their scripts compute what the library computes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import served

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from kb.site.explorables import DATA, folder  # noqa: E402
from scripts.explorables import computation, plain  # noqa: E402

NAMES = sorted(path.parent.name for path in folder().glob("*/numbers.py"))
EXACT = 1e-9
browsed = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def stored(name: str) -> Any:
    return json.loads((folder() / name / DATA).read_text(encoding="utf-8"))


def largest_difference(found: Any, expected: Any) -> float:
    """The largest difference between numbers in the same places, relative to numbers above one."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        return max(largest_difference(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        assert len(found) == len(expected)
        return max(largest_difference(*pair) for pair in zip(found, expected, strict=True))
    return abs(found - expected) / max(1.0, abs(expected))


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_those_that_the_experiment_computes(name: str) -> None:
    module = computation(name)
    assert largest_difference(stored(name), plain(module.data())) < getattr(module, "TOLERANCE", 1e-5)


@pytest.fixture(scope="module")
def scripts(browser: Any) -> Iterator[Any]:
    """A page that can load the scripts; no site is needed for them."""
    with served(ROOT / "docs") as address:
        page = browser.new_page()
        page.goto(f"{address}assets/explorables/load.js")
        yield page
        page.close()


CALL = """async ([name, calls]) => {
  const module = await import(`/assets/explorables/${name}/explorable.js`);
  return calls.map(([called, given]) => module[called](...given));
}"""


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", NAMES)
def test_scripts_compute_what_the_library_computes(scripts: Any, name: str) -> None:
    cases = list(computation(name).cases(stored(name)))
    assert cases
    found = scripts.evaluate(CALL, [name, [[called, plain(given)] for called, given, _ in cases]])
    differences = [
        (called, largest_difference(value, plain(expected)))
        for (called, _, expected), value in zip(cases, found, strict=True)
    ]
    assert not [each for each in differences if not each[1] <= EXACT], differences
