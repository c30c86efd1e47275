"""Rules that every entry obeys, beyond its schema."""

from __future__ import annotations

import re

from bundled import BASE

import kb
from kb.schema import Entry


def test_the_knowledge_base_has_no_problems() -> None:
    problems = kb.check()
    assert not problems, "\n".join(map(str, problems))


def test_survives_a_round_trip(entry: Entry) -> None:
    data = entry.model_dump(mode="json", by_alias=True)
    again = type(entry).model_validate(data)
    assert again.model_dump() == entry.model_dump()


def test_gist_is_one_plain_sentence(entry: Entry) -> None:
    assert entry.gist.endswith((".", "?")), "end the sentence"
    assert not re.search(r"[`$*_#]|\]\(", entry.gist), "plain text only: no Markdown, no LaTeX"
    assert len(entry.gist) <= 320


def test_no_trailing_space_or_tab(entry: Entry) -> None:
    for number, line in enumerate(BASE.files[entry.id].read_text().splitlines(), start=1):
        assert line == line.rstrip(), f"line {number} ends in white space"
        assert "\t" not in line, f"line {number} holds a tab"


def test_entry_is_connected(entry: Entry) -> None:
    assert BASE.graph.degree(entry.id) > 0, "nothing refers to it and it refers to nothing"
