"""The style sheet, and our own texts outside of entries: pages, templates, messages, docstrings and comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb import wording

ROOT = Path(__file__).parents[1]
SHEET = ROOT / "docs" / "style.md"
TEXTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "kb/**/*.py", "kb/site/templates/*.md", "entries/axes.yaml")
    for path in ROOT.glob(pattern)
    if path != SHEET
)


@pytest.mark.parametrize("name", TEXTS)
def test_our_own_texts_follow_the_style_sheet(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    if not name.endswith(".md") or "templates" in name:
        text = text.replace('"', " ")  # there they enclose messages, docstrings and labels, which are our own
    lines = text.split("\n")
    found = {number: list(wording.rejected_in(line)) for number, line in enumerate(lines, start=1)}
    assert not {number: phrases for number, phrases in found.items() if phrases}


def test_the_sheet_is_one_screen_of_single_entries() -> None:
    """A phrase that stood twice, or in capitals, would be lost or never found."""
    cells = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", SHEET.read_text(encoding="utf-8"), re.MULTILINE)[2:]
    phrases = [phrase for cell in cells for phrase in cell.split(", ")]
    assert sorted(wording.rejected()) == sorted(phrases), "no phrase stands twice"
    assert phrases == [phrase.lower().strip() for phrase in phrases]
    assert len(SHEET.read_text(encoding="utf-8").splitlines()) <= 80


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
