"""Names: any way to write one means the same entry, wherever one may write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundled import BASE
from small import Miniature

from kb.naming import folded, key, slips
from kb.problems import AmbiguousNameError, NoSuchEntryError
from kb.query.language import parse

SAME = [
    ("Normalization, optimizing", "normalisation optimising"), ("k-NN", "kNN"), ("Störmer–Verlet", "stormer verlet"),
    ("1×1 convolution", "1x1 convolution"), ("nearest neighbors", "Nearest Neighbours"), ("modeling", "modelling"),
    ("parameterization", "parametrisation"), ("Łukasz Søren", "lukasz soren"), ("Deep Sets", "DeepSets"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_name_may_be_written_in_many_ways(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("GPT", "GAT"), ("size", "sise of"), ("∇", "∂")])
def test_two_names_stay_two(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_a_short_word_has_no_slips() -> None:
    assert [slips(length) for length in (3, 4, 6, 7, 11, 12)] == [0, 1, 1, 2, 2, 3]


def test_folding_changes_nothing_twice() -> None:
    names = [name for entry in BASE.values() for name in (entry.title, *entry.aliases)]
    assert [folded(name) for name in map(folded, names)] == [folded(name) for name in names]


@pytest.mark.parametrize("text", ["gru", "GRU", "Gated recurrent unit", "gated  recurrent-unit"])
def test_an_entry_is_found_by_any_of_its_names(text: str) -> None:
    assert BASE[text].id == "gru"
    assert text in BASE
    assert BASE.architectures[text].id == "gru"
    assert BASE.compare(text, "LSTM").entries == ("gru", "lstm")
    assert BASE.trait(text, "Causality").architecture == "gru"
    assert BASE.why(text, "Causality").cell == BASE.why("gru", "causality").cell
    assert BASE.cells(text, "Causality") == BASE.cells("gru", "causality")
    assert BASE.evidence_file(text) == BASE.evidence_file("gru")
    assert BASE.stale(text) == BASE.stale("gru")
    assert BASE.lineage(text) == BASE.lineage("gru")


@pytest.mark.parametrize(
    "named", ["uses ReLU", "uses rectified-linear-unit", "uses 'Rectified linear unit'", 'uses "relu"']
)
def test_conditions_take_any_name(named: str) -> None:
    assert BASE.select(where=named) == BASE.select(uses="rectified-linear-unit") == BASE.select(uses="ReLU")
    assert BASE.select(where=f"Causality and not {named}") == BASE.select(where="causality and not uses relu")


def test_a_family_is_found_however_it_is_written() -> None:
    assert BASE.select(where="in Recurrent") == BASE.select(family="Recurrent") == BASE.select(family="recurrent")


@pytest.mark.parametrize("text", ["in recurrent", "has causality or lacks 'Weight sharing'"])
def test_a_condition_reads_as_it_was_written(text: str) -> None:
    assert parse(str(parse(text))) == parse(text)


def test_a_name_shared_with_a_paper_means_the_architecture() -> None:
    assert BASE["hochreiter1997lstm"].title.casefold() == BASE["lstm"].title.casefold()
    assert BASE["Long short-term memory"].id == "lstm"


def test_a_name_means_an_entry_of_the_kind_that_is_asked_for() -> None:
    with pytest.raises(NoSuchEntryError, match="no bias has the name 'LSTM', which is an architecture"):
        BASE.trait("gru", "LSTM")


def test_of_the_kinds_that_have_a_name_the_first_of_the_alphabet_is_named(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("shared", "aliases: [Same]\n")
    small.bias("one", "aliases: [Same]\n")
    small.architecture("net", "aliases: [Same]\n")
    with pytest.raises(NoSuchEntryError, match="no theorem has the name 'Same', which is an architecture"):
        small.load().theorems["Same"]


def test_what_is_absent_is_not_guessed() -> None:
    with pytest.raises(KeyError, match=r"^no entry has the name 'GPT'$"):
        BASE["GPT"]
    with pytest.raises(KeyError, match=r"no entry has the name 'lstn' \(a guess: did you mean 'lstm'\?\)"):
        BASE["lstn"]
    assert "GPT" not in BASE


def test_a_name_of_two_entries_lists_both(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("one", "aliases: [Two-in-one]\n")
    small.concept("other", "aliases: ['Twò in one']\n")
    base = small.load()
    with pytest.raises(AmbiguousNameError, match=r"more than one entry, .*: one \(concept: .*\); other \(concept: "):
        base["two in ONE"]
    assert "two in one" not in base


def test_an_id_that_an_entry_had_leads_to_it(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("new", "formerly: [old-id]\n")
    assert small.load()["old-id"].id == small.load()["Old ID"].id == "new"


def test_a_former_id_is_given_to_no_other_entry(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("new", "formerly: [other]\n")
    small.concept("other")
    with pytest.raises(Exception, match="the former id 'other' is the id of another entry"):
        small.load()


def test_unknown_names_are_suggested(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.bias("locality")
    small.architecture("a")
    base = small.load()
    with pytest.raises(NoSuchEntryError, match="did you mean 'locality'"):
        base.trait("a", "localty")
    with pytest.raises(NoSuchEntryError, match="no variant 'wide'"):
        base.trait("a", "locality", "wide")
