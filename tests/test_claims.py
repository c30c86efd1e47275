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
