"""What was made before is taken again only where nothing has changed, and only from the user's own cache."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from small import Miniature

from kb import cache as kept
from kb.cache import Cache, digest, remembered
from kb.site import printing
from kb.site.build import make
from kb.site.folders import MARK


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    small = Miniature(tmp_path / "small")
    small.architecture("net")
    return small


def test_a_site_made_with_the_cache_is_that_made_without(
    small: Miniature, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    first = files(make(small.load(), tmp_path / "first"))
    assert files(make(small.load(), tmp_path / "again")) == first
    part = small.root / "entries/concepts/component/part.yaml"
    part.write_text(part.read_text().replace("A concept.", "Another concept."))
    changed = files(make(small.load(), tmp_path / "changed"))
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "empty"))
    assert files(make(small.load(), tmp_path / "anew")) == changed
    assert {name for name in first if first[name] != changed[name]} >= {"concepts/component/part/index.html"}
    assert first["papers/2000/paper2000/index.html"] == changed["papers/2000/paper2000/index.html"]


def test_pages_in_a_folder_are_never_taken_for_made(small: Miniature) -> None:
    """A stranger can have written them, and the mark of a folder of ours."""
    site = make(small.load(), small.root / "build")
    page = site / "concepts/component/part/index.html"
    right = page.read_bytes()
    page.write_text("<script>alert(1)</script>")
    (site / MARK).touch()
    assert make(small.load(), small.root / "build") == site
    assert page.read_bytes() == right


def test_texts_are_told_apart_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_CACHE", str(tmp_path))
    calls: list[tuple[object, ...]] = []

    @remembered("markdown")
    def made(*arguments: object, **named: object) -> str:
        calls.append((arguments, named))
        return f"{arguments} {named} ä"

    for _ in range(2):
        for arguments in (("a", "b"), ("ab",), ("ab", 1), (["ab"],)):
            assert made(*arguments) == f"{arguments} {{}} ä"
        assert made(x=1, y=2) == made(y=2, x=1)
    assert len(calls) == 5
    assert len({digest("a", "b"), digest("ab"), digest("", "ab"), digest("b", "a")}) == 4


def test_what_is_kept_depends_on_all_code_that_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures kept the font of before for as long as their own module was the same."""
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "LIBRARY", "words_of_test.")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    package = tmp_path / "words_of_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "words.py").write_text(
        "from kb.cache import remembered\nfrom words_of_test.letters import letter\n\n"
        "@remembered()\ndef word(length):\n    return letter() * length\n"
    )
    words = []
    for letter in "ab":
        (package / "letters.py").write_text(f"def letter():\n    return '{letter}'\n")
        for module in ("words", "letters"):
            monkeypatch.delitem(sys.modules, f"words_of_test.{module}", raising=False)
        words.append(import_module("words_of_test.words").word(3))
    assert words == ["aaa", "bbb"]


def test_a_picture_depends_on_the_packages_of_its_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept._made_with(printing.__name__)
    for changed in ("typst", "fonttools"):
        monkeypatch.setattr(
            kept, "version", lambda package, changed=changed: "0" if package == changed else version(package)
        )
        assert kept._made_with(printing.__name__) != before


def test_what_nobody_asks_for_is_dropped(tmp_path: Path) -> None:
    file, old, new = tmp_path / "x" / "site.sqlite", digest("old"), digest("new")
    first = Cache(file)
    for key in (old, new):
        first.keep(key, "text")
    first._data.execute("UPDATE made SET used = used - 100 WHERE digest = ?", (old,))
    again = Cache(file)
    assert again.get(new) == "text"
    assert again.get(old) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = Cache(tmp_path / "file" / "site.sqlite")
    cache.keep(digest("a"), "text")
    assert cache.get(digest("a")) == "text"
    (tmp_path / "broken.sqlite").write_text("no data base, but many words that SQLite does not understand" * 100)
    assert Cache(tmp_path / "broken.sqlite").get(digest("a")) is None


def test_the_folder_of_a_stranger_holds_no_cache(small: Miniature, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KB_CACHE", raising=False)
    monkeypatch.setattr(kept, "user_cache_path", lambda name: small.root.parent / "mine" / name)
    make(small.load(), small.root / "build")
    assert [path.name for path in (small.root.parent / "mine").rglob("site.sqlite")] == ["site.sqlite"]
    assert not list(small.root.rglob("*.sqlite"))
