"""The tool that puts faults into the code: what it changes, and that its list of harmless faults is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT))

from scripts.mutants.__main__ import EQUIVALENT, equivalents, sample  # noqa: E402
from scripts.mutants.operators import Mutant, mutants  # noqa: E402

SOURCE = '''"""A module with 1 number in its docstring."""

def rise(x, by: int = 1, rate: float = 0.5):
    if x > 0 and by:
        raise ValueError(f"x ({x}) + 1")
    return max(x, by) + rate * F.relu(x, inplace=True)
'''


def found(source: str) -> set[str]:
    return {mutant.becomes.strip() for mutant in mutants("a.py", source)}


def test_every_kind_of_fault_is_made() -> None:
    made = found(SOURCE)
    assert {
        "if x >= 0 and by:",
        "if (x > 0 or by):",
        "if (by):",
        "if (x > 0):",
        "if not (x > 0 and by):",
        "if x > 1 and by:",
        "pass",
        "def rise(x, by: int = 1, rate: float = 1.0):",
        "return min(x, by) + rate * F.relu(x, inplace=True)",
        "return max(by, x) + rate * F.relu(x, inplace=True)",
        "return (max(x, by) - rate * F.relu(x, inplace=True))",
        "return (max(x, by))",
        "return max(x, by) + (rate / F.relu(x, inplace=True))",
        "return max(x, by) + rate * F.relu(x)",
        "return max(x, by) + rate * F.relu(x, inplace=False)",
    } <= made


def test_what_is_not_run_or_is_chosen_freely_is_left_alone() -> None:
    made = found(SOURCE)
    assert not any("by: int = 2" in line or "+ 2" in line or "docstring" in line for line in made)


def test_a_fault_is_known_when_its_line_has_moved() -> None:
    mutant = next(mutant for mutant in mutants("a.py", SOURCE) if mutant.becomes.strip() == "if (by):")
    moved = "import os\n" + SOURCE
    assert mutant.applied(moved) == moved.replace("if x > 0 and by:", "if (by):")
    assert mutant.applied("nothing") is None


def test_the_sample_follows_from_the_seed() -> None:
    folder = ["implementations/concepts/activation"]
    first, again, other = (sample(folder, 8, seed) for seed in ("a", "a", "b"))
    assert first == again != other
    assert len({mutant.operator for mutant in first}) >= 4
    assert len(first) == 8
    assert sample(folder, 4, "a") == first[:4], "a longer run goes on where a short one ended"


@pytest.mark.parametrize("key", equivalents(), ids=[f"{file}-{n}" for n, (file, *_) in enumerate(equivalents())])
def test_harmless_faults_are_still_possible(key: tuple[str, str, str]) -> None:
    """A line that has changed leaves its note behind: it is to be removed from `equivalent.yaml`."""
    file, line, becomes = key
    assert line in " ".join((ROOT / file).read_text().split()), f"{EQUIVALENT.name}: {file} has no such line"
    assert line != becomes
    assert Mutant(file, "", 0, line, becomes).key == key
