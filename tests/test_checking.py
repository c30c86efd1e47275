"""`kb check` on miniature knowledge bases: a valid one, and files laid over it that make it invalid in one way each.

Each folder under `miniature/invalid` holds the files that it changes and `problems.txt`, the exact problems expected. A
name ending in `.delete` stands for a file that is taken away.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import kb

MINIATURES = Path(__file__).parent / "miniature"
INVALID = sorted(path.name for path in (MINIATURES / "invalid").iterdir())


def lay_over(case: str, target: Path) -> None:
    shutil.copytree(MINIATURES / "valid" / "tiny", target)
    overlay = MINIATURES / "invalid" / case
    for path in overlay.rglob("*"):
        place = target / path.relative_to(overlay)
        if path.suffix == ".delete":
            place.with_suffix("").unlink()
        elif path.is_file() and path.name != "problems.txt":
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)


def test_the_valid_miniature_has_no_problems() -> None:
    assert kb.check(MINIATURES / "valid" / "tiny") == []


@pytest.mark.parametrize("case", INVALID)
def test_problems_are_found_and_placed(case: str, tmp_path: Path) -> None:
    lay_over(case, tmp_path / "base")
    found = "\n".join(map(str, kb.check(tmp_path / "base")))
    expected = (MINIATURES / "invalid" / case / "problems.txt").read_text().strip()
    assert found == expected


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    target = tmp_path / "base"
    shutil.copytree(MINIATURES / "valid" / "tiny", target)
    for case in ("unknown-field", "unquoted-arxiv-number", "malformed-yaml"):
        shutil.copytree(MINIATURES / "invalid" / case / "entries", target / "entries", dirs_exist_ok=True)
    problems = kb.check(target)
    assert len({problem.file for problem in problems}) == 3
    with pytest.raises(kb.KnowledgeBaseError) as caught:
        kb.load(target)
    assert caught.value.problems == problems


def test_a_folder_without_entries_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a folder `entries`"):
        kb.load(tmp_path)


def test_loading_runs_no_code(tmp_path: Path) -> None:
    """An implementation that would leave a trace when imported leaves none when loaded and checked."""
    lay_over(INVALID[0], tmp_path / "base")
    shutil.rmtree(tmp_path / "base")
    shutil.copytree(MINIATURES / "valid" / "tiny", tmp_path / "base")
    code = tmp_path / "base" / "implementations" / "architectures" / "feedforward" / "line.py"
    code.write_text(code.read_text() + f"\nopen({str(tmp_path / 'trace')!r}, 'w').close()\n")
    kb.check(tmp_path / "base")
    assert not (tmp_path / "trace").exists()
