"""Every experiment runs, and says today what its published evidence says."""

from __future__ import annotations

from bundled import BASE

from kb.schema import Claim
from kb.verify.claims import judge


def test_verdict_is_the_published_one(claim: Claim) -> None:
    found = judge(claim)
    published = BASE.evidence[claim.id].claim
    assert found.verdict == published.verdict, [str(c) for c in found.conditions if not c.met]
    assert [c.met for c in found.conditions] == [c.met for c in published.conditions]


def test_an_exact_relation_is_exact_and_can_fail(claim: Claim) -> None:
    """A witness at rounding error, and a control that breaks the condition; a limit is approached, not reached."""
    if claim.relation is None:
        return
    if claim.relation.kind != "limit-of":
        assert any(condition.at_most is not None and condition.at_most <= 1e-12 for condition in claim.expect)
    assert any(condition.at_least is not None and condition.at_least >= 1e-2 for condition in claim.controls)
