"""Rules on claims: what was asked first is kept, and a condition can fail."""

from __future__ import annotations

from collections.abc import Iterator

from kb.base import Base
from kb.problems import Problem

EDGE = 1e-9
"""A value as near to a bound as this, relative, lies on it."""


def claims_keep_their_first_criterion(base: Base) -> Iterator[Problem]:
    """A testable claim of the lecture states the criterion that was set first, with every departure from it."""
    for claim in base.claims.values():
        if claim.numbers and claim.status == "testable" and claim.first is None:
            message = (
                f"state what the inventory asks of {' and '.join(claim.numbers)} as `first.asks`, and in "
                "`first.departures` what `expect` asks less than that, with the reason"
            )
            yield base.problem(claim.id, ("deck",), message)


def a_number_of_the_lecture_has_one_claim(base: Base) -> Iterator[Problem]:
    """No two claims carry one number of the inventory: what is said twice is one claim with two numbers."""
    carriers: dict[str, str] = {}
    for claim in base.claims.values():
        for number in claim.numbers:
            first = carriers.setdefault(number, claim.id)
            if first != claim.id:
                message = f"{number} is the number of {first!r} too: merge the two, or give it to one of them"
                yield base.problem(claim.id, ("deck",), message)


def controls_can_fail(base: Base) -> Iterator[Problem]:
    """Some outcome that meets all other conditions violates a control."""
    for claim in base.claims.values():
        conditions = [*claim.expect, *claim.controls]
        for number, control in enumerate(claim.controls):
            if control.follows_from(other for other in conditions if other is not control):
                message = (
                    f"{control} follows from the other conditions on {control.measure}, so that no outcome can violate "
                    "it alone: measure a run that breaks the assumption"
                )
                yield base.problem(claim.id, ("controls", number), message)


def bounds_are_no_edges(base: Base) -> Iterator[Problem]:
    """No seed lies exactly on a bound: it would be the edge of a grid, a rule for stopping, or the measured value."""
    for claim in base.claims.values():
        record = base.evidence.get(claim.id)
        measures = record.claim.measures if record and record.claim else {}
        for field, conditions in (("expect", claim.expect), ("controls", claim.controls)):
            for number, condition in enumerate(conditions):
                bounds = {"at_most": condition.at_most, "at_least": condition.at_least}
                for name, bound in bounds.items() if condition.sort == "empirical" else ():
                    values = measures.get(condition.measure, [])
                    if bound and any(abs(value - bound) <= EDGE * abs(bound) for value in values):
                        message = (
                            f"a seed measured exactly the bound {bound:g}, as at the edge of a grid or where a run is "
                            "stopped: measure on a finer scale or to another end; or mark a counted measure `counted`"
                        )
                        yield base.problem(claim.id, (field, number, name), message)


def counts_are_alike(base: Base) -> Iterator[Problem]:
    """What is counted, without chance, is the same for every seed."""
    for claim in base.claims.values():
        record = base.evidence.get(claim.id)
        measures = record.claim.measures if record and record.claim else {}
        for field, conditions in (("expect", claim.expect), ("controls", claim.controls)):
            for number, condition in enumerate(conditions):
                values = measures.get(condition.measure, [])
                if condition.counted and len(set(values)) > 1:
                    came = ", ".join(f"{value:g}" for value in values)
                    message = f"expected a count that is alike for every seed, came {came}: it is not `counted`"
                    yield base.problem(claim.id, (field, number, "counted"), message)
