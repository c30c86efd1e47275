"""Entries side by side: nothing is lost, nothing is added, and what tells them apart is found."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import pytest
from bundled import BASE
from commands import kb
from small import Miniature

from kb.query.compare import Row
from kb.query.growth import growth
from kb.query.kinship import edges, kin, pairs
from kb.query.statements import statements


def test_compare_tells_shared_from_different(family: Miniature) -> None:
    base = family.load()
    comparison = base.compare("parent", "child")
    assert 0 < len(comparison.aspects) < len(statements(base, "parent"))
    assert all(aspect.rows for aspect in comparison.aspects), "an aspect in which neither has anything is left out"
    assert comparison["parts"].rows == (Row("part", ("yes", "yes"), ("all of it", "all of it")),)
    assert comparison["traits"].shared == ("seen",)
    assert comparison["traits"].different == (Row("unseen", ("unknown", "lacks"), ("", "asserted")),)
    assert comparison.only("parent", "relations") == ("generalises child",)
    assert comparison.only("child", "relations") == ("specialises parent",)
    assert comparison["prerequisites"].shared == ("earlier", "later")
    assert comparison.only("child", "prerequisites") == ("parent",)
    assert comparison.only("parent", "papers") == ("paper2000",)
    assert [(chain.start, chain.end, len(chain.hops)) for chain in comparison.history] == [("parent", "child", 1)]


def test_a_chain_is_printed_with_its_start_once_and_with_reasons(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.architecture("one")
    small.architecture("two", "specialises: [one]\n")
    small.architecture("three", "derives_from: [{architecture: two, change: '[bold]it is wider'}]\n")
    shown = kb("--folder", str(tmp_path), "compare", "one", "three").stdout
    assert shown.endswith("\nHistory\n  one generalises two\n      led to three ([bold]it is wider)\n")


GROUPS = [
    *islice(pairwise(BASE.architectures), 0, None, 4),  # within a family and across families
    ("lstm", "gru", "transformer"),
    ("mlp", "gat", "resnet", "lstm"),
]


@pytest.mark.parametrize("group", GROUPS, ids="-".join)
def test_compare_loses_nothing_whatever_the_order(group: tuple[str, ...]) -> None:
    """In another order the rows are the same, their columns in that order; a column is what is stated of an entry."""
    forth, back = BASE.compare(*group), BASE.compare(*reversed(group))
    assert forth.entries == back.entries[::-1] == group
    for aspect in forth.aspects:
        mirrored = {row.what: row for row in back[aspect.name].rows}
        assert {row.what: (row.values[::-1], row.notes[::-1]) for row in aspect.rows} == {
            what: (row.values, row.notes) for what, row in mirrored.items()
        }
        for place, entry in enumerate(group):
            stated = statements(BASE, entry)[aspect.name]
            column = {row.what: (row.values[place], row.notes[place]) for row in aspect.rows if row.values[place]}
            assert column == {what: tuple(found) for what, found in stated.items()}


def test_two_to_four_entries_are_compared() -> None:
    """One that is named twice, by whatever name, is one."""
    for names in ([], ["lstm"], ["lstm", "LSTM"], ["lstm", "gru", "gcn", "gat", "mlp"]):
        with pytest.raises(ValueError, match="two to four different entries"):
            BASE.compare(*names)
    assert BASE.compare("LSTM", "gru", "lstm").entries == ("lstm", "gru")


def test_formulas_are_laid_side_by_side_by_what_they_define() -> None:
    rows = {row.what: row.values for row in BASE.compare("lstm", "gru")["equations"].rows}
    assert all(formula.startswith("h_t") for formula in rows["h_t"])
    assert [bool(formula) for formula in rows["c_t"]] == [True, False]
    assert set(rows) >= {"h_t (variant keep)", "c_t (the cell of 1997)"}


def test_pairs_are_relatives_or_share_a_claim_older_first() -> None:
    found = pairs(BASE)
    assert {("lstm", "gru"), ("resnet", "densenet"), ("gcn", "gat"), ("lstm", "transformer")} <= set(found)
    assert len(found) == len({frozenset(pair) for pair in found}) < len(BASE.architectures) * 2
    for one, other in found:
        assert one != other
        assert (BASE[one].year or 0) <= (BASE[other].year or 0)
        together = any({one, other} <= set(claim.about) for claim in BASE.claims.values())
        assert together or other in {item.other for item in kin(BASE, one)}


def test_history_follows_only_what_tells_where_something_comes_from() -> None:
    (chain,) = BASE.compare("mlp", "gat").history
    assert [hop.end for hop in chain.hops] == ["graph-network", "gat"]
    known = {frozenset(edge[:2]) for edge in edges(BASE)}
    assert all(frozenset((hop.start, hop.end)) in known for hop in chain.hops)


def test_growth_is_the_polynomial_that_was_counted() -> None:
    """Twice as long is twice the FLOPs of a recurrent network; attention has a square in it."""
    found = [growth(BASE, entry_id) for entry_id in ("lstm", "gru", "transformer", "densenet")]
    lstm, gru, transformer, densenet = (each for each in found if each)
    assert [n / m for m, n in pairwise(lstm.length)] == [2.0] * 4
    assert lstm.width[0] == 8 * 64**3 + 8 * 64**3 + 2 * 64**3
    assert [lstm.width[0] / gru.width[0], *gru.scaled] == [pytest.approx(18 / 14)]
    steps = [n / m for m, n in pairwise(transformer.length)]
    assert steps == sorted(steps)
    assert 2 < steps[0] < steps[-1] < 4
    assert densenet.scaled == ("D",)


@pytest.mark.parametrize("counted", [e for e, r in BASE.evidence.items() if r.cost])
def test_growth_is_positive_and_rises(counted: str) -> None:
    found = growth(BASE, counted)
    assert found
    for curve in (found.length, found.width):
        assert all(n > m > 0 for m, n in pairwise(curve)), curve
