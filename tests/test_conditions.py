"""Conditions: read, judged with the parts that decide, and refused with the place where they cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from bundled import BASE
from small import Miniature

from kb.evidence import Size
from kb.query import Has, Lacks, Unknown, Uses
from kb.query.conditions import Condition, Verdict
from kb.query.language import parse, tables
from kb.query.reasons import reasons

CONDITIONS = {
    "seen": ["parent", "child"],
    "has seen and lacks unseen": ["child"],
    "seen and not lacks unseen": [],  # of the parent nobody knows
    "unknown unseen or lacks unseen": ["parent", "child"],
    "not (lacks unseen or unknown unseen)": [],
    "not unknown unseen": ["child"],
    "in family and uses part and not not seen": ["parent", "child"],
    "lacks unseen or seen and unknown unseen": ["parent", "child"],
}


def test_conditions_on_what_an_entry_states() -> None:
    def chosen(where: str) -> set[str]:
        return {entry.id for entry in BASE.select(where=where)}

    assert {"lstm", "transformer"} <= chosen("takes sequence")
    assert chosen("takes time") < chosen("takes sequence")
    assert chosen("takes coordinate and gives coordinate") == {
        "equivariant-graph-network",
        "point-cloud-autoencoder",
        "radial-field-network",
        "tensor-field-network",
    }
    assert chosen("takes space and gives space and not gives feature") == set()
    assert chosen("since 2016 and until 2017") == {entry.id for entry in BASE.select(since=2016, until=2017)}
    task = str(BASE["lstm"].task.concept)
    assert "lstm" in chosen(f"trained-on {task}")
    assert chosen("at-most 70M") >= {"alexnet"}
    assert "alexnet" not in chosen("at-most 50M") | chosen("not at-most 70M") | chosen("at-least 1B")
    assert not {"gru"} & (chosen("at-most 1B") | chosen("not at-most 1B"))  # no published size of it is counted


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("takes sequense", "no axis, or role of one, 'sequense'.*'sequence'"),
        ("since then", "`since` expects a year, such as 2015, not 'then'"),
        ("at-most 30T", "`at-most` expects a number of parameters, such as 500k, 30M or 1B, not '30T'"),
    ],
)
def test_a_condition_says_what_it_expects(where: str, message: str) -> None:
    with pytest.raises((KeyError, ValueError), match=message):
        BASE.select(where=where)


@pytest.mark.parametrize(
    ("counted", "true", "false"),
    [
        (None, ["at-most 300k", "at-least 300k", "at-least 1", "at-most 300000"], ["at-most 299999", "at-least 301k"]),
        (2 * 10**6, ["at-most 2M", "at-least 2M", "at-most 1B"], ["at-most 1M", "at-least 3M", "at-least 1B"]),
        (2 * 10**9, ["at-most 2B", "at-least 2B"], ["at-most 1B", "at-most 999M", "at-least 3B"]),
    ],
)
def test_sizes_are_as_counted_or_else_as_stated(
    tmp_path: Path, counted: int | None, true: list[str], false: list[str]
) -> None:
    small = Miniature(tmp_path)
    source = "{paper: paper2000, at: table 1}"
    big = f"{{arguments: {{}}, large: true, parameters: 300000, source: {source}}}"
    small.architecture("a", f"variants: {{big: {big}}}\n")
    if counted:
        row = Size(variant="big", parameters=counted, inputs={}, stages=[], digest="")
        small.record("architectures/family/a", row)
    base = small.load()
    assert {where: bool(base.select(where=where)) for where in true + false} == {
        **dict.fromkeys(true, True), **dict.fromkeys(false, False)
    }  # fmt: skip


def test_a_year_is_within_its_bounds(family: Miniature) -> None:
    base = family.load()
    for where, expected in (("since 2010", ["child"]), ("since 2011", []), ("until 2000", ["parent"]),
                            ("until 1999", [])):  # fmt: skip
        assert [entry.id for entry in base.select(where=where)] == expected, where


def test_reasons_are_the_parts_that_decide() -> None:
    assert reasons(BASE, "lstm", "causality and (locality or in recurrent)") == (
        True,
        ["has causality: measured, derived", "in recurrent"],
    )
    assert reasons(BASE, "lstm", "causality and in graph")[1] == ["not in graph"]
    assert reasons(BASE, "gru", "at-most 1B") == (None, ["at-most 1B: unknown"])
    assert reasons(BASE, "resnet", "locality")[1] == ["has locality: measured, of default/trunk"]


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_with_and_or_and_not(family: Miniature, text: str) -> None:
    assert [entry.id for entry in family.load().select(where=text)] == CONDITIONS[text]


class Known(Condition):
    """A condition whose verdict is given."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def judge(self, base: object, entry: object) -> Verdict:
        return self.verdict


@pytest.mark.parametrize(("one", "other"), [*product((False, None, True), repeat=2)])
def test_and_or_and_not_are_those_of_kleene(one: Verdict, other: Verdict) -> None:
    """From false over unknown to true: `and` is the lesser, `or` the greater, and `not` turns the order round."""
    order = (False, None, True)
    lesser, greater = sorted((one, other), key=order.index)
    entry = BASE.architectures["lstm"]
    assert (Known(one) & Known(other)).judge(BASE, entry) is lesser
    assert (Known(one) | Known(other)).judge(BASE, entry) is greater
    assert (~Known(one)).judge(BASE, entry) is order[2 - order.index(one)]


def test_a_condition_can_be_made_in_python_and_reads_as_it_is_written() -> None:
    condition = (Has("causality") | Lacks("locality")) & ~(Uses("gating") & Unknown("recurrence-over-time"))
    text = "(has causality or lacks locality) and not (uses gating and unknown recurrence-over-time)"
    assert str(condition) == text
    assert parse(text) == condition
    assert BASE.select(where=condition) == BASE.select(where=text)


@pytest.mark.parametrize("text", CONDITIONS)
def test_alternatives_say_the_same_as_the_condition(family: Miniature, text: str) -> None:
    """Judged literal by literal, the alternatives agree with the condition wherever everything is known."""
    base, condition = family.load(), parse(text)
    for entry in base.architectures.values():
        expected = [all(atom.judge(base, entry) is truth for atom, truth in way) for way in condition.alternatives()]
        assert condition.judge(base, entry) in (any(expected), None)
    assert condition.ways() == len(condition.alternatives())
    assert condition.ways(False) == len(condition.alternatives(False))


def test_no_more_ways_are_examined_than_can_be() -> None:
    where = " and ".join(["(unknown causality or unknown locality)"] * 40)
    with pytest.raises(ValueError, match=r"1,099,511,627,776 ways .* at most 1,000 are examined"):
        BASE.why_none(where=where)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "something is missing at character 1"),
        ("seen and", "something is missing at character 9"),
        ("(seen", "something is missing at character 6"),
        ("seen an unseen", "'an' is not expected at character 6.*did you mean 'and'"),
        ("seen & unseen", "'&' is not expected at character 6"),
        ("lackz unseen", "'unseen' is not expected at character 7.*did you mean 'lacks'"),
        ("seeen", "no bias has the name 'seeen'.*'seen'"),
        ("in famly", "no family 'famly'.*'family'"),
    ],
)
def test_a_condition_that_cannot_be_read_says_where(family: Miniature, text: str, message: str) -> None:
    with pytest.raises((KeyError, ValueError), match=message):
        family.load().select(where=text)


def test_the_tables_of_the_parser_are_the_same_in_every_run() -> None:
    program = "import json; from kb.query.language import tables; print(json.dumps(tables()))"
    made = [
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert made[0] == made[1]
    assert json.loads(made[0]) == tables()


def test_the_tables_say_what_a_rule_keeps() -> None:
    """Of `a or b` both sides; of `(a)` what is between; of `has a` the name alone."""
    kept = {tuple(keeps) for _, _, keeps, _ in tables()["rules"]}
    assert {(True, False, True), (False, True, False), (False, True)} <= kept
    assert all(any(keeps) for keeps in kept)
