"""Evidence: complete, atomic to write, and stale exactly when something that produced it has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import kb
from kb import evidence
from kb.evidence import Evidence
from kb.links import defined_names, imported_modules, problem_with, resolve, sources_of

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "base")
    return tmp_path / "base"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "stale"),
    [
        ("implementations/architectures/feedforward/line.py", "slope * x", "slope*x", {"line"}),
        ("implementations/biases/symmetry/oddness.py", "return float", "return 1 * float", {"line"}),
        ("entries/architectures/feedforward/line.yaml", "slope: 7.0", "slope: 8.0", {"line"}),
        ("entries/biases/symmetry/oddness.yaml", "1.0e-9", "1.0e-8", {"line"}),
        ("entries/claims/geometry/a-line-has-two-ends.yaml", "equals: 2", "equals: 3", {"a-line-has-two-ends"}),
        ("entries/architectures/feedforward/line.yaml", "One number in", "A number in", set()),
        ("entries/architectures/feedforward/line.yaml", "it is shifted", "it has an offset", set()),
        ("entries/claims/geometry/a-line-has-two-ends.yaml", "Two bars", "A bar", set()),
    ],
)
def test_what_makes_evidence_stale(copy: Path, file: str, old: str, new: str, stale: set[str]) -> None:
    edit(copy / file, old, new)
    base = kb.load(copy)
    assert {entry_id for entry_id in base.evidence if base.is_stale(entry_id)} == stale


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    evidence.write(path, Evidence(digest="old", libraries={}))
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        evidence.write(path, Evidence(digest="new", libraries={}))
    assert evidence.read(path).digest == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_writing_and_reading_gives_the_same(tmp_path: Path) -> None:
    for entry_id, record in kb.load(TINY).evidence.items():
        evidence.write(tmp_path / entry_id, record)
        assert evidence.read(tmp_path / entry_id) == record


def test_links_resolve_only_inside_implementations(copy: Path) -> None:
    assert problem_with(copy, "os:system") is not None
    with pytest.raises(ValueError, match="only inside"):
        resolve("os:system")
    (copy / "implementations" / "out.py").symlink_to("/etc/hostname")
    assert "leads outside" in str(problem_with(copy, "implementations.out:x"))


def test_sources_follow_imports() -> None:
    sources = {path.relative_to(TINY).as_posix() for path in sources_of(TINY, "implementations.axes:Axes")}
    assert sources == {"implementations/axes.py"}
    assert "Axes" in defined_names(TINY / "implementations" / "axes.py")
    assert imported_modules(TINY / "implementations" / "axes.py") == frozenset()
