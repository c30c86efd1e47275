"""Code of a stranger is read by `kb check` and never run: whatever a file of it holds or is, a sentence says it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import kb

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
LINE = "implementations/architectures/feedforward/line.py"
SECONDS = 5


def content(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


WAYS: dict[str, Callable[[Path], object]] = {
    "a null": content(b"x = 1\0\n"),
    "another encoding": content(b"x = '\xff\xfe'\n"),
    "too long": content(b"x = 1\n" * 50_000),
    "no Python": content(b"def (:\n"),
    "minus signs": content(b"x = " + b"-" * 190_000 + b"1\n"),
    "attributes": content(b"x = a" + b".b" * 95_000 + b"\n"),
    "open brackets": content(b"x = " + b"(" * 190_000 + b"\n"),
    "brackets": content(b"x = " + b"[" * 150 + b"]" * 150 + b"\n"),
    "sums": content(b"x = 1" + b" + 1" * 40_000 + b"\n"),
    "branches": content(b"if x: pass\n" + b"elif x: pass\n" * 10_000),
    "a long number": content(b"x = " + b"9" * 5_000 + b"\n"),
    "a pipe": lambda path: os.mkfifo(path),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a file": lambda path: path.symlink_to("/etc/hostname"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a folder": lambda path: path.mkdir(),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "base")
    return tmp_path / "base"


def check(root: Path) -> list[kb.Problem]:
    started = time.process_time()
    problems = kb.check(root)
    assert time.process_time() - started < SECONDS
    return problems


@pytest.mark.parametrize("way", WAYS)
def test_whatever_an_entry_links_to_is_a_problem_with_a_place(copy: Path, way: str) -> None:
    (copy / LINE).unlink()
    WAYS[way](copy / LINE)
    problems = check(copy)
    assert any(problem.field == "implementation" and problem.line > 1 for problem in problems), problems


@pytest.mark.parametrize("way", WAYS)
def test_whatever_code_imports_is_a_problem_or_nothing(copy: Path, way: str) -> None:
    code = copy / LINE
    code.write_text(
        code.read_text().replace("import torch\n", "import torch\nfrom implementations.helping import x\n", 1)
    )
    code.write_text(code.read_text().replace("self.slope * x", "self.slope * x + 0 * 1"))
    WAYS[way](copy / "implementations/helping.py")
    problems = check(copy)
    assert problems
    assert all(problem.message for problem in problems)


def test_a_link_for_the_whole_folder_of_code_is_not_followed(copy: Path, tmp_path: Path) -> None:
    shutil.move(copy / "implementations", tmp_path / "elsewhere")
    (copy / "implementations").symlink_to(tmp_path / "elsewhere")
    assert any("not a symbolic link" in problem.message for problem in check(copy))
