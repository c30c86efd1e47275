"""What follows from errors: which draw decides, what is within a bound, and what agrees with a peer."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from bundled import BASE

from kb.evidence import (
    PEER_TOLERANCE,
    VIOLATION,
    CheckEvidence,
    ClaimEvidence,
    Evidence,
    PeerCase,
    PeerEvidence,
    Size,
    TraitErrors,
    TraitEvidence,
)
from kb.evidence.judging import ConditionEvidence, deciding, judge_trait, value_of, verdict
from kb.query.disagreement import disagreements
from kb.query.listing import findings
from kb.query.verdicts import in_words, verdicts
from kb.traits import Fact


def test_an_error_at_a_bound_is_within_it() -> None:
    bias = BASE.biases["causality"]
    assert [value_of(error, bias) for error in (bias.tolerance, math.nextafter(bias.tolerance, 1))] == [
        "holds", "unknown"
    ]  # fmt: skip
    assert [value_of(error, bias) for error in (VIOLATION, math.nextafter(VIOLATION, 0))] == ["lacks", "unknown"]
    for error, met in ((PEER_TOLERANCE, True), (2 * PEER_TOLERANCE, False), (math.nan, False)):
        for case in (PeerCase(case="a", evaluation=error), PeerCase(case="a", training=error)):
            assert (case.met, PeerEvidence(cases=[PeerCase(case="b"), case]).met) == (met, met)
        assert CheckEvidence(check="a", error=error, tolerance=PEER_TOLERANCE).met is met


def test_what_was_not_compared_agrees_with_nothing() -> None:
    declined = PeerCase(case="a", declined="it has no mask")
    compared = PeerCase(case="b", compared=3)
    found = PeerEvidence(cases=[declined, compared, compared])
    assert (found.declined, found.compared, found.tensors, found.met) == ([declined], [compared] * 2, 6, True)
    assert not PeerEvidence(cases=[declined]).met


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (["default", "wide/encoder"], "agrees with its peer"),
        (["default/encoder", "wide/encoder"], "encoder agrees with a peer"),
        (["a/encoder", "a/decoder"], "encoder and decoder agree with peers"),
        (["a/one", "a/two", "a/three"], "one, two and three agree with peers"),
    ],
)
def test_what_agrees_is_named(cases: list[str], words: str) -> None:
    assert PeerEvidence(cases=[PeerCase(case=case) for case in cases]).agreement == words


@pytest.mark.parametrize(
    ("weights", "errors", "error"),
    [
        ("all", [3.0, 1.0, 2.0], 3.0),
        ("initial", [3.0, 1.0, 2.0], 2.0),
        ("initial", [4.0, 1.0, 2.0, 3.0], 3.0),
        ("some", [3.0, 1.0, 2.0], 1.0),
        ("some", [3.0, math.nan, 2.0], 2.0),
        ("some", [math.nan], math.nan),
        ("all", [3.0, math.nan, 2.0], math.nan),
        ("initial", [3.0, math.nan, 2.0], math.nan),
        *((weights, [], math.nan) for weights in ("all", "initial", "some")),
    ],
)
def test_which_draw_decides(weights: str, errors: list[float], error: float) -> None:
    """A draw that overflows decides nothing, unless one of the others is enough."""
    scope = BASE.biases["causality"].scope.model_copy(update={"weights": weights, "decided_by": "identity"})
    bias = BASE.biases["causality"].model_copy(update={"scope": scope})
    assert deciding(errors, bias) == pytest.approx(error, nan_ok=True)


@pytest.mark.parametrize(
    ("errors", "mixed"),
    [([1e-9, 1e-2], True), ([1e-9, 1e-3], False), ([1e-8, 1e-2], False), ([0.0], False), ([], False)],
)
def test_draws_that_disagree_are_marked(errors: list[float], mixed: bool) -> None:
    bias = BASE.biases["causality"].model_copy(update={"tolerance": 1e-9})
    assert judge_trait(TraitErrors(bias="causality", variant="default", errors=errors, digest=""), bias).mixed is mixed


def trait(value: str, error: float, declined: str = "") -> TraitEvidence:
    return TraitEvidence(
        bias="seen", variant="wide", value=value, error=error, which="largest", tolerance=1e-9, errors=[error],
        declined=declined,
    )  # fmt: skip


def stating(record: Evidence, **values: str) -> Any:
    """A knowledge base in which `a` has some evidence, and facts of some kinds on one trait."""
    facts = [Fact("a", "wide", "seen", value, how) for how, value in values.items()]
    return SimpleNamespace(evidence={"a": record}, facts={("a", "wide", "seen"): facts})


@pytest.mark.parametrize(
    ("measured", "stated", "sentences"),
    [
        (trait("lacks", 0.5), {"asserted": "holds"}, ["asserted holds, measured lacks, error 0.5"]),
        (trait("holds", 0.0), {"asserted": "lacks"}, ["asserted lacks, measured holds, error 0"]),
        (trait("unknown", 1e-4), {"asserted": "holds"}, ["asserted holds, measured unknown, error 0.0001"]),
        (trait("unknown", 1e-4), {}, ["nothing asserted, measured unknown, error 0.0001"]),
        (trait("lacks", 0.5), {"asserted": "lacks"}, []),
        (trait("lacks", 0.5), {"derived": "holds", "measured": "lacks"}, []),
        (trait("unknown", math.nan, "it is too large"), {"asserted": "holds"}, []),
    ],
)
def test_a_measurement_disagrees_with_what_is_asserted(
    measured: TraitEvidence, stated: dict[str, str], sentences: list[str]
) -> None:
    base = stating(Evidence(libraries={}, traits=[measured]), **stated)
    assert disagreements(base, "a") == [f"seen (wide): {sentence}" for sentence in sentences]
    assert disagreements(base, "without-evidence") == []


def measured(good: bool) -> Evidence:
    holds = [good, True]
    conditions = [
        ConditionEvidence(condition="m ≥ 1", control=False, share=1.0, values=[1.0, 1.0], holds=holds),
        ConditionEvidence(condition="n ≥ 1", control=True, share=1.0, values=[1.0, 1.0], holds=[True, True]),
    ]
    verdict = "supported" if good else "not settled"
    return Evidence(
        libraries={},
        variants={"default": Size(variant="default", parameters=7, inputs={}, stages=[], digest="")},
        traits=[trait("holds", 0.0), trait("unknown", math.nan)],
        peer=PeerEvidence(cases=[PeerCase(case="narrow", evaluation=0.0 if good else 0.5)]),
        checks=[CheckEvidence(check="exact", error=0.0 if good else 0.25, tolerance=1e-9)],
        claim=ClaimEvidence(verdict=verdict, seeds=2, measures={}, series=[{}, {}], conditions=conditions),
    )


def test_what_was_measured_disagrees_with_a_peer_a_check_and_a_claim() -> None:
    """Of a claim the conditions that were not met are named, and no others."""
    base = SimpleNamespace(evidence={"good": measured(True), "bad": measured(False)}, facts={})
    assert not [line for line in disagreements(base, "good") if not line.startswith("seen")]
    assert [line for line in disagreements(base, "bad") if not line.startswith("seen")] == [
        "differs from its peer by 5.0e-01",
        "exact: error 2.5e-01",
        "not settled: m ≥ 1 fails for seed 0 of 0 to 1",
    ]


def test_findings_are_what_measurements_came_to() -> None:
    base = SimpleNamespace(evidence={"good": measured(True), "bad": measured(False)})
    rows = [(each.entry, each.measured, each.name, each.place, each.value, each.error) for each in findings(base)]
    assert rows[:6] == [
        ("good", "size", "parameters", "default", "7", None),
        ("good", "trait", "seen", "wide", "holds", 0.0),
        ("good", "trait", "seen", "wide", "unknown", None),
        ("good", "peer", "agreement", "narrow", "agrees", 0.0),
        ("good", "check", "exact", "", "holds", 0.0),
        ("good", "claim", "", "", "supported", None),
    ]
    assert [row[4:] for row in rows[9:]] == [("differs", 0.5), ("fails", 0.25), ("not settled", None)]
    assert {each.tolerance for each in findings(base) if each.measured in ("trait", "check")} == {1e-9}


@pytest.mark.parametrize(
    ("expected", "controls", "found"),
    [
        (["met", "met"], ["met"], "supported"),
        (["met", "missed"], ["met"], "refuted"),
        (["missed", "mixed"], ["met"], "refuted"),
        (["met", "mixed"], ["met"], "not settled"),
        (["met", "missed"], ["met", "mixed"], "not settled"),
        (["met", "missed"], ["missed", "met"], "not settled"),
        (["met"], ["missed"], "not settled"),
    ],
)
def test_one_expectation_that_fails_refutes_and_one_control_that_fails_settles_nothing(
    expected: list[str], controls: list[str], found: str
) -> None:
    holds = {"met": [True, True], "missed": [False, False], "mixed": [True, False]}
    conditions = [
        ConditionEvidence(condition="", control=control, share=1.0, values=[], holds=holds[kind])
        for control, kinds in ((False, expected), (True, controls))
        for kind in kinds
    ]
    assert verdict(conditions) == found


@pytest.mark.parametrize(("holding", "met", "missed"), [(4, True, False), (3, False, False), (1, False, True)])
def test_the_share_of_seeds_that_is_enough_is_within(holding: int, met: bool, missed: bool) -> None:
    """Of 5 seeds 0.8 are 4; a sum of binary fractions that falls short of that by rounding is enough."""
    found = ConditionEvidence(condition="", control=False, share=0.8, values=[], holds=[n < holding for n in range(5)])
    assert (found.met, found.missed) == (met, missed)
    thirds = ConditionEvidence(condition="", control=False, share=0.7, values=[], holds=[n < 7 for n in range(10)])
    assert thirds.met


def test_verdicts_are_counted_by_what_claims_rest_on() -> None:
    """A claim that was not measured, or not for all seeds, counts as nothing."""
    sorts = {"a": "identity", "b": "empirical", "c": "empirical", "d": "empirical", "e": "empirical", "f": "count"}
    judged = {"a": "supported", "b": "supported", "c": "refuted", "d": "supported"}
    claims = {name: SimpleNamespace(id=name, sort=sort) for name, sort in sorts.items()}
    evidence = {name: SimpleNamespace(claim=SimpleNamespace(verdict=verdict)) for name, verdict in judged.items()}
    base = SimpleNamespace(claims=claims, evidence={**evidence, "e": SimpleNamespace(claim=None)})
    assert verdicts(base) == {
        "identity": {"supported": 1}, "count": {}, "empirical": {"supported": 2, "refuted": 1}
    }  # fmt: skip
    assert in_words(base) == "1 exact identity, 3 empirical claims (2 supported, 1 refuted)"
    assert in_words(SimpleNamespace(claims={"a": claims["a"]}, evidence=evidence)) == "1 exact identity"
