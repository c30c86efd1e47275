"""The style sheet, and our own texts outside of entries: pages, templates, messages, docstrings and comments."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import wording
from kb.schema import Entry
from kb.schema.model import texts_in
from kb.syntax import DOCUMENTED

ROOT = Path(__file__).parents[1]
SHEET = ROOT / "docs" / "style.md"
TEXTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in (
        "*.md",
        "docs/*.md",
        "kb/**/*.py",
        "implementations/**/*.py",
        "kb/site/templates/*.md",
        "entries/axes.yaml",
        "docs/assets/explorables/**/*.js",
        "docs/assets/explorables/*/about.yaml",
    )
    for path in ROOT.glob(pattern)
    if path != SHEET
)


@pytest.mark.parametrize("name", TEXTS)
def test_our_own_texts_follow_the_style_sheet(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    passages = _prose(text) if name.startswith("implementations/") else enumerate(text.split("\n"), start=1)
    if not name.endswith(".md") or "templates" in name:
        # there quotes enclose messages, docstrings and labels, which are our own
        passages = ((number, passage.replace('"', " ")) for number, passage in passages)
    found = {number: list(wording.rejected_in(passage)) for number, passage in passages}
    assert not {number: phrases for number, phrases in found.items() if phrases}


def _prose(source: str) -> Iterator[tuple[int, str]]:
    """Yield the docstrings and comments of a module with their first lines; evidence depends on names and strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and (text := ast.get_docstring(node, clean=False)):
            yield node.body[0].lineno, text
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


# a name of theirs makes stale what they measure: from 3 seconds (scale equivariance) to two hours (resizing)
STILL_TO_RENAME = {
    "implementations/biases/" + name
    for name in (
        "comparing.py",
        "connectivity/fixed_size_state.py",
        "grading.py",
        "resizing.py",
        "sharing/batch_independence.py",
        "sharing/relative_position_dependence.py",
        "symmetry/rotation_equivariance.py",
        "symmetry/scale_equivariance.py",
    )
}
NAMED = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("implementations", "kb", "scripts", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "miniature" not in path.parts and path.relative_to(ROOT).as_posix() not in STILL_TO_RENAME
)


@pytest.mark.parametrize("name", NAMED)
def test_names_in_code_follow_the_style_sheet(name: str) -> None:
    names = set(_names((ROOT / name).read_text(encoding="utf-8")))
    found = {each: list(wording.rejected_in_name(each)) for each in names}
    assert not {each: phrases for each, phrases in found.items() if phrases}


@pytest.mark.parametrize("name", sorted(STILL_TO_RENAME))
def test_what_is_still_to_rename_has_such_names(name: str) -> None:
    """A module that was renamed leaves the list, so that it cannot get such a name again."""
    assert any(list(wording.rejected_in_name(each)) for each in _names((ROOT / name).read_text(encoding="utf-8")))


def _names(source: str) -> Iterator[str]:
    """Yield the names that a module gives to all but tests, whose names are sentences."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                if not name.startswith("test_"):
                    yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def test_every_kind_of_name_is_read_as_words() -> None:
    source = "class Weighed:\n    def tell_apart(self, drive):\n        self.thrown_out = told = drive\n"
    found = sorted(phrase for name in _names(source) for phrase, _ in wording.rejected_in_name(name))
    assert found == ["drive", "tell apart", "thrown out", "told", "weighed"]
    assert list(wording.rejected_in_name("overdrive_toldness")) == []


def test_docstrings_and_comments_are_prose_and_code_is_not() -> None:
    source = 'def weigh(x):\n    """Weigh\n    numbers."""\n    return "weighed"  # weighing\n'
    assert list(_prose(source)) == [(2, "Weigh\n    numbers."), (4, "# weighing")]


def test_the_sheet_is_one_screen_of_single_entries() -> None:
    """A phrase that stood twice, or in capitals, would be lost or never found."""
    cells = re.findall(r"^\| (?!Write|---)[^|]+ \| ([^|]+) \|$", SHEET.read_text(encoding="utf-8"), re.MULTILINE)
    phrases = [phrase for cell in cells for phrase in cell.split(", ")]
    assert len(set(phrases)) == len(phrases), "no phrase stands twice"
    assert set(wording.rejected()) < set(phrases)
    assert phrases == [phrase.lower().strip() for phrase in phrases]
    assert len(SHEET.read_text(encoding="utf-8").splitlines()) <= 90


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How two entries hang\ntogether", ["hang\ntogether"]),
        ("It is THROWN AWAY.", ["THROWN AWAY"]),
        ("a changeover, an upland and a coupon", []),
        ('The slide says "nobody knows", and “by heart”.', []),
    ],
    ids=["over lines", "capitals", "inside of words", "quoted"],
)
def test_phrases_are_found_as_whole_words_outside_of_quotations(text: str, found: list[str]) -> None:
    assert [phrase for phrase, _ in wording.rejected_in(text)] == found


def test_readers_of_the_slides_find_what_is_named(entry: Entry) -> None:
    """Lines of a text, and numbers of an inventory, that readers do not have are no places."""
    numbered = re.compile(r"\((?:L[0-9]{2,}|[CEQ][0-9]{1,3})\b|\blecture,? (?:L[0-9]{2,}|C[0-9]+)\b")
    assert [text for _, text in texts_in(entry) if numbered.search(text)] == []
