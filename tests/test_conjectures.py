"""Implications between biases: proved, refuted, open, vacuous or unsound, and the cells that alone refute them."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from small import AXES, MODULE, Miniature

from kb.inference.readings import sound
from kb.query.bearing import Bearing, bearing
from kb.query.conjectures import Matrix, mine, nearest, standings, suspects


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path)


def test_two_premises_are_needed_together(small: Miniature) -> None:
    for bias in ("one", "two", "both"):
        small.bias(bias)
    small.theorem(["one", "two"], "both")
    small.architecture("a", "exhibits: [{bias: one}, {bias: two}]\n")
    small.architecture("b", "exhibits: [{bias: one}]\n")
    small.architecture("c", "exhibits: [{bias: one}]\nlacks: [{bias: both}]\n")
    base = small.load()
    assert base.trait("a", "both").value == "holds"
    assert {premise.bias for premise in base.trait("a", "both").facts[0].premises} == {"one", "two"}
    assert base.trait("b", "both").value == "unknown"
    assert base.trait("c", "two").value == "lacks"
    assert base.trait("c", "two").facts[0].rule == "contraposition"


def test_a_premise_may_be_that_something_is_lacking(small: Miniature) -> None:
    for bias in ("one", "two", "end"):
        small.bias(bias)
    small.theorem(["one", "not two"], "end")
    small.architecture("a", "exhibits: [{bias: one}]\nlacks: [{bias: two}]\n")
    # That a lacks "two" is said of some weights only, so the conclusion would be too, and "end" is said of all.
    assert small.load().trait("a", "end").value == "unknown"
    small.bias("end", weights="some")
    assert small.load().trait("a", "end").value == "holds"


def test_premises_of_the_same_axis_only(small: Miniature) -> None:
    small.bias("one")
    small.bias("of-features")
    file = small.root / "entries/biases/group/of-features.yaml"
    file.write_text(file.read_text().replace("[sequence]", "[feature]"))
    small.architecture("a", "exhibits: [{bias: one}]\n")
    small.theorem(["one"], "of-features", axis="same")
    assert small.load().trait("a", "of-features").value == "unknown"
    small.theorem(["one"], "of-features", axis="any")
    assert small.load().trait("a", "of-features").value == "holds"


def test_what_is_lacking_along_one_axis_does_not_speak_of_the_other(small: Miniature) -> None:
    """To lack a bias along one of two axes gives no conclusion that is asked of every axis."""
    (small.root / "entries/axes.yaml").write_text(AXES + "source: {letter: S, role: sequence, name: positions}\n")
    small.bias("one")
    small.bias("two")
    small.bias("end", weights="some")
    small.theorem(["one", "not two"], "end")
    traits = "exhibits: [{bias: one}]\nlacks: [{bias: two}]\n"
    small.architecture("line", traits)
    small.architecture("plane", traits, module=MODULE.replace("B T F", "B T S F"))
    base = small.load()
    assert base.acting("plane", "one") == ("T", "S")
    assert [base.trait(name, "end").value for name in ("line", "plane")] == ["holds", "unknown"]


@pytest.mark.parametrize("conclusion", ["all", "initial", "some"])
@pytest.mark.parametrize("premises", [*product(["all", "initial", "some"], repeat=2)])
def test_sound_readings_never_fail_and_others_can(premises: tuple[str, str], conclusion: str) -> None:
    """Against every truth value of two premises at three weights, of which initialisation draws the first two alike."""
    quantified = {"all": all, "some": any, "initial": lambda values: all(values[:2])}
    cases = list(product([False, True], repeat=3))
    failed = any(
        quantified[premises[0]](one) and quantified[premises[1]](other)
        and not quantified[conclusion]([a and b for a, b in zip(one, other, strict=True)])
        for one, other in product(cases, repeat=2)
    )  # fmt: skip
    assert sound(premises, conclusion) == (not failed)  # type: ignore[arg-type]


def test_what_is_known_of_an_implication(small: Miniature) -> None:
    for bias in ("one", "two", "three", "never"):
        small.bias(bias)
    small.bias("can", weights="some")
    small.theorem(["one"], "two")
    small.theorem(["three"], "not never")
    small.architecture("a", "exhibits: [{bias: one}, {bias: three}]\n")
    small.architecture("b", "exhibits: [{bias: two}]\nlacks: [{bias: one}, {bias: three}]\n")
    base = small.load()
    assert base.refute("one implies two").standing == "theorem"
    assert base.refute("two implies one").against == (("b", "default"),)
    assert base.refute("one implies three").standing == "open"
    assert base.refute("one implies three").support == ("a",)
    assert base.refute("never implies one").standing == "vacuous"
    assert base.refute("three implies never").standing == "refuted"
    assert "The opposite is proved" in base.refute("three implies never").lines[0]
    assert base.refute("can implies one").standing == "unsound"
    assert base.refute("one and three => two").standing == "theorem"
    assert nearest(Matrix(base), base.refute("one and two implies three")) == ("b",)
    for text, message in (("one", "expected an implication"), ("one or two implies three", "joined by `and`"),
                          ("one implies two and three", "expected one conclusion")):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            base.refute(text)


def test_mining_finds_what_brute_force_finds(small: Miniature) -> None:
    for bias in ("one", "two", "three"):
        small.bias(bias)
    rows = {"a": ("one", "two"), "b": ("one", "two", "three"), "c": ("two",), "d": ()}
    for name, has in rows.items():
        lists = (("exhibits", has), ("lacks", {"one", "two", "three"} - set(has)))
        small.architecture(name, "".join(f"{key}: [{', '.join(f'{{bias: {b}}}' for b in sorted(of))}]\n"
                                         for key, of in lists if of))  # fmt: skip
    matrix = Matrix(small.load())
    found = {str(each) for each in mine(matrix)}
    # Of lacks (said of some weights) and holds (of all) only equals imply each other, and all implies some.
    expected = set()
    for (one, first), (other, second) in product(product(("one", "two", "three"), (True, False)), repeat=2):
        met = [name for name, has in rows.items() if (one in has) == first]
        agree = [name for name in met if (other in rows[name]) == second]
        if one != other and met and met == agree and (first or not second):
            expected.add(f"{'' if first else 'not '}{one} implies {'' if second else 'not '}{other}")
    assert found == expected
    assert sum(standings(matrix).values()) == 24


def test_a_cell_that_alone_refutes_is_suspect(small: Miniature) -> None:
    small.bias("one")
    small.bias("two")
    for number in range(4):
        small.architecture(f"a{number}", "exhibits: [{bias: one}, {bias: two}]\n")
    small.architecture("odd", "exhibits: [{bias: one}]\nlacks: [{bias: two}]\n")
    found = suspects(Matrix(small.load()), least=3)
    assert [(each.architecture, str(each.conclusion)) for each in found] == [("odd", "two")]
    assert "odd: not two is the only exception to 1 implications, such as one implies two (4 agree)" in str(found[0])


def test_two_premises_are_mined_where_neither_alone_will_do(small: Miniature) -> None:
    for bias in ("one", "two", "both", "alone"):
        small.bias(bias)
    rows = {"a": ("one", "two", "both", "alone"), "b": ("one", "alone"), "c": ("two",)}
    for name, has in rows.items():
        lacks = sorted({"one", "two", "both", "alone"} - set(has))
        lists = (("exhibits", has), ("lacks", lacks))
        small.architecture(name, "".join(f"{key}: [{', '.join(f'{{bias: {b}}}' for b in of)}]\n"
                                         for key, of in lists if of))  # fmt: skip
    found = {str(each) for each in mine(Matrix(small.load()), premises=2)}
    assert "one and two imply both" in found
    assert "one implies alone" in {str(each) for each in mine(Matrix(small.load()))}
    assert "one and two imply alone" not in found


def test_what_architectures_say_of_a_theorem_and_of_its_converse(small: Miniature) -> None:
    """One that has the conclusion with a premise missing refutes the converse; else the entry says what is known."""
    for bias in ("one", "two", "end"):
        small.bias(bias)
    theorem = small.theorem(["one", "two"], "end")
    small.architecture("a", "exhibits: [{bias: one}, {bias: two}]\n")
    small.architecture("b", "exhibits: [{bias: one}]\nlacks: [{bias: end}]\n")
    small.architecture("c", "exhibits: [{bias: two}]\nlacks: [{bias: end}]\n")
    small.architecture("unknown")
    expected = Bearing(("a",), {"one": ("c",), "two": ("b",)}, (), "open")
    assert bearing(small.load(), theorem) == expected
    path = small.root / f"entries/theorems/topic/{theorem}.yaml"
    data = json.loads(path.read_text()) | {"converse": {"verdict": "proved", "because": "so"}}
    path.write_text(json.dumps(data))
    assert bearing(small.load(), theorem) == replace(expected, converse="proved")
    small.architecture("d", "exhibits: [{bias: two}, {bias: end}]\nlacks: [{bias: one}]\n")
    assert bearing(small.load(), theorem) == replace(expected, others=("d",), converse="refuted")
