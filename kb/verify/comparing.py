"""Whether a measurement that was repeated says the same as the one that is recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Set
from typing import Any

from kb.base import Base
from kb.characters import shown
from kb.evidence import CheckErrors, Curves, Job, Measurement, PeerErrors, SeedResult, TraitErrors, Widening
from kb.evidence.judging import judge_trait
from kb.evidence.record import ERRORS_OF_PEERS
from kb.schema import Claim

ROUNDING = 1e-8
"""Errors below this are rounding, which differs between processors."""
SHARE = 0.05
"""Another processor adds numbers in another order; what follows from such differences stays below this share."""
SHARE_OF_EXPERIMENTS = 0.2
"""Training amplifies rounding. What a condition says must come out the same all the same."""


def differences(base: Base, job: Job, recorded: Any, repeated: Any) -> list[str]:
    """Return one sentence for everything in which a repeated measurement differs from the recorded one."""
    return list(_differences(base, job, recorded, repeated))


def _differences(base: Base, job: Job, recorded: Any, repeated: Any) -> Iterator[str]:
    if isinstance(recorded, TraitErrors):
        bias = base.biases[recorded.bias]
        before, now = judge_trait(recorded, bias).value, judge_trait(repeated, bias).value
        if before != now:
            yield f"the trait was recorded as {before!r}, and is {now!r}"
        yield from _numbers("errors", recorded.errors, repeated.errors, SHARE)
    elif isinstance(recorded, Curves):
        for old, new in zip(recorded.curves, repeated.curves, strict=True):
            yield from _numbers(old.what, old.errors, new.errors, SHARE)
    elif isinstance(recorded, CheckErrors):
        yield from _numbers("errors", recorded.errors, repeated.errors, SHARE)
    elif isinstance(recorded, PeerErrors):
        for name in ERRORS_OF_PEERS:
            yield from _numbers(name, getattr(recorded, name), getattr(repeated, name), SHARE)
        if recorded.declined != repeated.declined:
            yield f"the reason against comparing was {recorded.declined!r}, and is {repeated.declined!r}"
        if recorded.compared != repeated.compared:
            yield f"{recorded.compared} tensors were recorded as compared, and {repeated.compared} are"
    elif isinstance(recorded, SeedResult):
        claim = base[job.entry]
        assert isinstance(claim, Claim)
        yield from _of_experiment(claim, recorded, repeated)
    elif isinstance(recorded, Widening):
        yield from _numbers("errors", recorded.errors, repeated.errors, SHARE)
        yield from _fields(recorded, repeated, but={"errors"})
    else:
        yield from _fields(recorded, repeated)


def _fields(recorded: Measurement, repeated: Measurement, but: Set[str] = frozenset()) -> Iterator[str]:
    """Compare what is counted, or chosen among a few: it must be the same to the last digit."""
    before, now = (one.model_dump(exclude={"digest", "libraries", "seconds", *but}) for one in (recorded, repeated))
    for name in before:
        if before[name] != now[name]:
            yield f"{name}: {shown(before[name])} was recorded, and {shown(now[name])} came out"


def _of_experiment(claim: Claim, recorded: SeedResult, repeated: SeedResult) -> Iterator[str]:
    for condition in [*claim.expect, *claim.controls]:
        before, now = (result.measures.get(condition.measure, math.nan) for result in (recorded, repeated))
        if condition.holds(before) != condition.holds(now):
            yield f"{condition}: {before:g} was recorded, and {now:g} came out"
    for name in sorted({*recorded.measures, *repeated.measures}):
        before, now = (result.measures.get(name, math.nan) for result in (recorded, repeated))
        yield from _numbers(name, [before], [now], SHARE_OF_EXPERIMENTS)
    for name in sorted({*recorded.series, *repeated.series}):
        yield from _numbers(name, recorded.series.get(name, []), repeated.series.get(name, []), SHARE_OF_EXPERIMENTS)


def _numbers(name: str, recorded: list[float], repeated: list[float], share: float) -> Iterator[str]:
    """Compare lists of numbers; a difference counts in relation to the largest number of the list."""
    if len(recorded) != len(repeated):
        yield f"{name}: {len(recorded)} numbers were recorded, and {len(repeated)} came out"
        return
    scale = max((abs(value) for value in [*recorded, *repeated] if math.isfinite(value)), default=0.0)
    for before, now in zip(recorded, repeated, strict=True):
        same = before == now or (math.isnan(before) and math.isnan(now))
        if not same and not abs(before - now) <= max(share * scale, ROUNDING):
            yield f"{name}: {before:g} was recorded, and {now:g} came out"
            return
