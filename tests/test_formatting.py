"""The one form of entries: what they say stays, and a second time nothing changes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml_rs
from bundled import BASE
from hypothesis import assume, given
from hypothesis import strategies as st

import kb
from kb.formatting import WIDTH, canonical, comments, format_folder, wrapped
from kb.schema import Concept

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
LONG = 7
"""Lines of the shipped entries that are longer, besides those with links: words of LaTeX, which nothing can break."""


def concept(definition: str, summary: str = "A concept.") -> Concept:
    return Concept.model_validate(
        {"id": "a", "group": "theory", "name": "A", "summary": summary, "definition": definition}
    )


def test_what_entries_say_is_kept() -> None:
    for entry in BASE.values():
        read = yaml_rs.loads(canonical(entry))
        assert type(entry).model_validate({**read, "id": entry.id, "group": entry.group}) == entry, entry.id


def test_lines_are_short() -> None:
    lines = [line for entry in BASE.values() for line in canonical(entry).splitlines() if len(line) > WIDTH]
    breakable = [line for line in lines if not re.fullmatch(r" *(- )?(\w+: )?\S+", line)]  # no address or name alone
    long = [line for line in breakable if "](http" not in line and "](kb:" not in line]
    assert len(long) <= LONG, long


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), max_codepoint=0x2FFF), max_size=30) | st.sampled_from(
    [
        "yes",
        "1e5",
        "0x1f",
        "1_000",
        "~",
        "null",
        "1:30",
        "- a",
        "# a",
        "a: b",
        "a #b",
        "'",
        '"',
        "{a",
        "=",
        "<<",
    ]
)


@given(WORDS)
def test_any_line_is_read_back(text: str) -> None:
    assume(not re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}", text))  # yaml_rs reads a date even where it stands in quotes
    try:
        entry = concept("Something.", summary=text)
    except ValueError:
        return
    assert yaml_rs.loads(canonical(entry))["summary"] == text


@given(st.lists(WORDS, max_size=8), st.integers(20, 60))
def test_wrapping_twice_changes_nothing(words: list[str], width: int) -> None:
    once = wrapped("\n".join(words) + "\n", width)
    assert wrapped(once, width) == once


@pytest.mark.parametrize(
    "text",
    [
        "- one\n- two\n",
        "1. one\n2. two\n",
        "| a | b |\n| - | - |\n| c | d |\n",
        "    code that is\n    indented\n",
        "```\ncode\n```\n",
        "# A heading\n",
        "> said\n> so\n",
        "$$\nx\n$$\n",
        "- one\n    - inside\n- two\n",
    ],
)
def test_structure_is_kept(text: str) -> None:
    assert wrapped(text, 100) == text


@pytest.mark.parametrize("word", ["-", "*", "+", "#", "1.", "12)", ">", "|"])
def test_no_line_begins_with_what_would_be_structure(word: str) -> None:
    found = wrapped(f"{'a' * 18} {word} b\n", 20)
    assert not any(line.startswith(word) for line in found.splitlines())
    assert found.split() == ["a" * 18, word, "b"]


def test_a_folder_is_formatted_once(tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(TINY, base)
    file = base / "entries" / "concepts" / "component" / "linear-map.yaml"
    good = file.read_text()
    lines = good.splitlines()
    file.write_text("\r\n".join([lines[1] + "   ", lines[0], *lines[2:]]))
    assert "one form" in kb.check(base)[0].message
    assert format_folder(base).changed == [file]
    assert file.read_text() == good
    assert format_folder(base).changed == []
    assert kb.check(base) == []


def test_a_comment_is_not_lost(tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(TINY, base)
    file = base / "entries" / "concepts" / "component" / "linear-map.yaml"
    text = file.read_text() + "# what it is for\n"
    file.write_text(text)
    done = format_folder(base)
    assert [problem.message[:9] for problem in done.left] == ["a comment"]
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [("a: b # c\n", [1]), ("a: 'b # c'\n", []), ("a: |\n  b # c\n", []), ("# a\nb: c\n", [1]), ("a: b\n# c", [2])],
)
def test_comments_are_distinguished_from_text(text: str, lines: list[int]) -> None:
    assert comments(text) == lines
