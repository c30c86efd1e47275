"""Facts that were deduced before are read again where nothing has changed, and are those that deduction finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundled import BASE

from kb import inference, state
from kb.folders import BEGAN
from kb.inference import keeping
from kb.inference.keeping import Facts, kept, read, written
from kb.traits import Fact

FACTS: Facts = {("a", "default", "b"): [Fact("a", "default", "b", "holds", "measured", "so it is")]}
OTHER: Facts = {("a", "default", "b"): [Fact("a", "default", "b", "lacks", "measured", "so it is not")]}


@pytest.fixture(autouse=True)
def _keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts are kept, as they are outside of tests, in a cache of this test."""
    monkeypatch.setenv("KB_CACHE", str(tmp_path))
    monkeypatch.setattr(state, "state_of", lambda root, since=0.0: b"one")


def refuse() -> Facts:
    pytest.fail("facts were deduced")


def test_what_is_read_is_what_was_deduced_in_the_same_order() -> None:
    found = BASE.deduce()
    again = read(written(found))
    assert list(again.items()) == list(found.items())
    assert BASE.facts == found
    traces = [[list(inference.trace(fact)) for facts in each.values() for fact in facts] for each in (again, found)]
    assert traces[0] == traces[1]


def test_a_premise_of_many_facts_stays_one() -> None:
    premise = FACTS["a", "default", "b"][0]
    fact = Fact("a", "default", "c", "holds", "derived", premises=(premise, premise))
    again = read(written(FACTS | {fact.cell: [fact]}))
    assert all(each is again[premise.cell][0] for each in again[fact.cell][0].premises)


def test_a_proof_may_be_longer_than_python_calls_itself() -> None:
    fact = FACTS["a", "default", "b"][0]
    for number in range(5_000):
        fact = Fact("a", "default", f"b{number}", "holds", "derived", premises=(fact,))
    text = written({fact.cell: [fact]})
    assert written(read(text)) == text


def test_facts_are_deduced_once_and_again_after_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(BASE, lambda: FACTS) == FACTS
    assert kept(BASE, refuse) == FACTS
    monkeypatch.setattr(state, "state_of", lambda root, since=0.0: b"two")
    assert kept(BASE, lambda: OTHER) == OTHER


def test_the_entries_that_were_loaded_count(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(BASE, lambda: FACTS)
    monkeypatch.setattr(type(BASE), "values", lambda base: list(base._entries.values())[1:])
    assert kept(BASE, lambda: OTHER) == OTHER


def test_of_what_was_written_since_it_was_read_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "state_of", lambda root, since=0.0: None)
    assert kept(BASE, lambda: FACTS) == FACTS
    states = iter([b"one", b"two", b"one"])
    monkeypatch.setattr(state, "state_of", lambda root, since=0.0: next(states))
    assert kept(BASE, lambda: FACTS) == FACTS
    monkeypatch.setattr(state, "state_of", lambda root, since=0.0: b"one")
    assert kept(BASE, lambda: OTHER) == OTHER


def test_what_was_written_after_the_library_was_imported_is_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = list[float]()
    monkeypatch.setattr(state, "state_of", lambda root, since=0.0: moments.append(since))
    kept(BASE, lambda: FACTS)
    assert moments == [BEGAN]


def test_few_facts_are_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(keeping, "FEW", len(BASE.architectures) + 1)
    assert kept(BASE, lambda: FACTS) == FACTS
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["", "{", "{}", '{"facts": [[]], "cells": []}', '{"facts": [], "cells": [[3]]}'])
def test_what_is_damaged_is_deduced_again(damage: str, tmp_path: Path) -> None:
    kept(BASE, lambda: FACTS)
    file = next(tmp_path.rglob(keeping.FILE))
    file.write_text(damage)
    assert kept(BASE, lambda: OTHER) == OTHER
    assert kept(BASE, lambda: FACTS) == FACTS
    assert kept(BASE, refuse) == FACTS


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "file"))
    assert kept(BASE, lambda: FACTS) == FACTS
