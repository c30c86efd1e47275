"""Answers that were kept are given again only where nothing has changed; the state of a folder tells."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import kb

from kb import cache, state
from kb.state import state_of

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
real_state_of = state_of
ENTRY = "entries/concepts/component/linear-map.yaml"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are kept, as they are outside of tests, in a cache of this test."""
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(state, "state_of", real_state_of)
    cache._opened.cache_clear()


CHANGES: dict[str, Callable[[Path], object]] = {
    "an entry": lambda root: (root / ENTRY).write_text((root / ENTRY).read_text() + "\n"),
    "evidence": lambda root: next((root / "evidence").rglob("*.jsonl")).write_text(""),
    "code": lambda root: next((root / "implementations").rglob("*.py")).write_text("x = 1\n"),
    "a new file": lambda root: (root / "entries" / "new.yaml").touch(),
    "an empty folder": lambda root: (root / "entries" / "empty").mkdir(),
    "a file that is gone": lambda root: (root / ENTRY).unlink(),
    "another name": lambda root: (root / ENTRY).rename(root / ENTRY.replace("map", "mapping")),
    "a link in its place": lambda root: ((root / ENTRY).unlink(), (root / ENTRY).symlink_to(TINY / ENTRY)),
    "a pipe": lambda root: os.mkfifo(root / "entries" / "pipe"),
    "an axis of the same length": lambda root: (root / "entries/axes.yaml").write_text(
        (root / "entries/axes.yaml").read_text().swapcase()
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_state_is_another_after_any_change(change: str, base: Path) -> None:
    before = state_of(base)
    assert before == state_of(base) is not None
    CHANGES[change](base)
    assert state_of(base) != before


def test_the_library_is_part_of_the_state(base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = state_of(base)
    versions = list(state._versions())
    assert any(line.startswith("pydantic ") for line in versions)
    monkeypatch.setattr(state, "_versions", lambda: [*versions, "another 1.0"])
    assert state_of(base) != before
    monkeypatch.undo()
    shutil.copytree(state.PACKAGE, tmp_path / "kb", ignore=shutil.ignore_patterns("__pycache__", "bundled"))
    monkeypatch.setattr(state, "PACKAGE", tmp_path / "kb")
    copied = state_of(base)
    (tmp_path / "kb" / "rules" / "form.py").write_text("")
    assert state_of(base) != copied


def test_a_folder_whose_state_cannot_be_told_has_none(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_BYTES", 100)
    assert state_of(base) is None


def test_what_was_written_after_a_moment_has_no_state_that_was_read_before(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "PACKAGE", base / "none")
    monkeypatch.setattr(state, "bundled_root", lambda: base / "none")
    now = time.time()
    assert state_of(base, since=now + 10) == state_of(base) is not None
    assert state_of(base, since=now - 60) is None
    monkeypatch.setattr(state, "CLOCKS", 0)
    (base / "implementations" / "new").mkdir()
    assert state_of(base, since=(base / "implementations" / "new").stat().st_ctime - 1e-6) is None
    assert state_of(base, since=time.time() + 1) is not None


@pytest.mark.usefixtures("keeps")
@pytest.mark.parametrize(
    "words", [["check"], ["check", "--json"], ["stats"], ["stats", "--json"], ["stats", "--recall"]]
)
def test_an_answer_is_found_once_and_again_after_a_change(
    words: list[str], base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kb("--folder", str(base), *words)
    assert first.exit_code == 0, first.output
    with monkeypatch.context() as patch:
        patch.setattr("kb.load", lambda *_, **__: pytest.fail("the folder was read"))
        again = kb("--folder", str(base), *words)
    assert (again.stdout, again.exit_code) == (first.stdout, 0)
    (base / ENTRY).write_text("{")
    broken = kb("--folder", str(base), *words)
    assert broken.exit_code in (1, 2)
    assert broken.output != first.output


@pytest.mark.usefixtures("keeps")
def test_problems_are_told_again_as_they_were(base: Path) -> None:
    """Whatever a stranger wrote: what escapes it changes nothing where all is escaped."""
    text = (base / ENTRY).read_text()
    (base / ENTRY).write_text(text + '"od\\e[1m\\u202ed": x\n' + "x" * 300 + ": 'back\\slash'\n")
    first, again = (kb("--folder", str(base), "check") for _ in range(2))
    assert first.exit_code == again.exit_code == 1
    assert first.stdout == again.stdout
    assert len(first.stdout.splitlines()) >= 2


@pytest.mark.usefixtures("keeps")
def test_a_folder_that_changes_meanwhile_is_asked_again(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = iter([b"1", b"2", b"1", b"1"])
    monkeypatch.setattr(state, "state_of", lambda root: next(states))
    kb("--folder", str(base), "stats")
    (base / ENTRY).write_text("{")
    assert kb("--folder", str(base), "stats").exit_code == 2


QUERIES = {
    "sparql": "SELECT ?label WHERE { :linear-map skos:prefLabel ?label }",
    "sql": "SELECT name FROM nodes WHERE id = 'linear-map'",
    "cypher": "MATCH (c:Concept {id: 'linear-map'}) RETURN c.name",
}


@pytest.mark.usefixtures("keeps")
@pytest.mark.parametrize("language", QUERIES)
def test_a_query_is_answered_from_a_database_that_was_filled_before(
    language: str, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> str:
        result = kb("--folder", str(base), language, QUERIES[language])
        assert result.exit_code == 0, result.output
        return result.stdout

    first = ask()
    assert "Linear map" in first
    with monkeypatch.context() as patch:
        patch.setattr("kb.load", lambda *_, **__: pytest.fail("the folder was read"))
        assert ask() == first
    (base / ENTRY).write_text((base / ENTRY).read_text().replace("Linear map", "Straight map"))
    assert ask() == first.replace("Linear map", "Straight map")
    kept = list((tmp_path / "cache" / "queries" / language).iterdir())
    assert len(kept) == 2
    for folder in kept:
        for file in filter(Path.is_file, folder.rglob("*")):
            file.write_bytes(b"damaged")
    assert "Straight map" in ask()


@pytest.mark.usefixtures("keeps")
def test_a_database_of_a_folder_that_changes_meanwhile_is_not_kept(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = iter([b"1", b"2"])
    monkeypatch.setattr(state, "state_of", lambda root: next(states))
    assert "Linear map" in kb("--folder", str(base), "sql", QUERIES["sql"]).stdout
    assert list((tmp_path / "cache" / "queries" / "sql").iterdir()) == []


def test_folders_that_were_used_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_CACHE", str(tmp_path))
    made: list[bytes] = []

    def folder(number: int) -> Path:
        key = bytes([number])
        found = cache.kept_folder("some", key, lambda path: (made.append(key), path.mkdir()))
        os.utime(found, (number, 100 * len(made) + number))
        return found

    folders = [folder(number) for number in range(cache.FOLDERS)]
    assert folder(0) == folders[0]
    assert len(made) == cache.FOLDERS
    os.utime(folders[0])
    folder(cache.FOLDERS)
    assert [path.is_dir() for path in folders] == [True, False, *[True] * (cache.FOLDERS - 2)]
