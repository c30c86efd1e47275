"""Every experiment says today what its published evidence says, and the verdict follows from what was measured."""

from __future__ import annotations

from statistics import median

from bundled import BASE

from kb.links import resolve
from kb.schema import Claim
from kb.verify.claims import verdict


def test_the_first_seed_says_today_what_it_said(claim: Claim) -> None:
    """One seed of those that were published: the others take as long again, and would catch little else."""
    found, published = resolve(claim.experiment)(0), BASE.evidence[claim.id].claim.measures
    for condition in [*claim.expect, *claim.controls]:
        before, now = published[condition.measure][0], found[condition.measure]
        assert condition.holds(now) == condition.holds(before), f"{condition}: was {before:g}, is {now:g}"


def test_the_verdict_follows_from_the_measures(claim: Claim) -> None:
    published = BASE.evidence[claim.id].claim
    conditions = [*claim.expect, *claim.controls]
    middles = [median(published.measures[condition.measure]) for condition in conditions]
    assert [found.met for found in published.conditions] == [
        condition.holds(middle) for condition, middle in zip(conditions, middles, strict=True)
    ]
    never = [not any(map(condition.holds, published.measures[condition.measure])) for condition in claim.expect]
    assert published.verdict == verdict(published.conditions, any(never))
    assert {len(values) for values in published.measures.values()} == {claim.seeds}


def test_an_exact_relation_is_exact_and_can_fail(claim: Claim) -> None:
    """A witness at rounding error, and a control that breaks the condition; a limit is approached, not reached."""
    if claim.relation is None:
        return
    if claim.relation.kind != "limit-of":
        assert any(condition.at_most is not None and condition.at_most <= 1e-12 for condition in claim.expect)
    assert any(condition.at_least is not None and condition.at_least >= 1e-2 for condition in claim.controls)
