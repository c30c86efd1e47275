"""What follows from errors: which draw decides, what is within a bound, and what agrees with a peer."""

from __future__ import annotations

import math

import pytest
from bundled import BASE

from kb.evidence import PEER_TOLERANCE, VIOLATION, PeerCase, PeerEvidence, TraitErrors
from kb.evidence.judging import CheckEvidence, deciding, judge_trait, value_of


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
