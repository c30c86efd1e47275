"""Rules on evidence: it is there, of today's sources, fits its entry, and does not contradict it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from kb import evidence
from kb.base import Base
from kb.evidence import SPEED_FILE, ClaimEvidence, PeerErrors, PeerEvidence, Speed
from kb.evidence.record import ERRORS_OF_PEERS
from kb.problems import Problem, suggestion
from kb.schema import Claim
from kb.schema.model import Path as Steps


def evidence_is_current(base: Base) -> Iterator[Problem]:
    """Everything that can be measured has been, from the sources that there are now, and nothing else is recorded."""
    for entry in base.values():
        required = {job.key for job in base.jobs(entry.id)}
        lines = base.measured.get(entry.id, evidence.Lines())
        shown, repair = _file(base, entry.id), f"run `kb verify {entry.id}`"
        for number, reason in lines.problems:
            yield Problem(shown, number, "", f"no measurement: {reason}; delete the line, or {repair}")
        stale = base.stale(entry.id)
        if stale and not lines.measurements and not lines.problems:
            yield base.problem(entry.id, (), f"evidence {shown} is missing: {repair}")
        elif stale:
            named = ", ".join(" ".join(job.key) for job in stale[:3]) + (" and more" if len(stale) > 3 else "")
            message = (
                f"{len(stale)} of {len(required)} measurements are missing, or older than what they depend on "
                f"({named}): {repair}"
            )
            yield base.problem(entry.id, (), message)
        elif required and lines.measurements.keys() - required:
            yield base.problem(entry.id, (), f"evidence {shown} measures what is no longer there: {repair}")


def evidence_belongs_to_entries(base: Base) -> Iterator[Problem]:
    """Every file of evidence is that of an entry."""
    folder = base.root / "evidence"
    expected = {base.evidence_file(entry_id) for entry_id in base} | {base.root / SPEED_FILE}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in expected and not path.name.startswith("."):
            yield Problem(path.relative_to(base.root).as_posix(), 0, "", "this is the evidence of no entry: delete it")


def errors_are_sizes(base: Base) -> Iterator[Problem]:
    """An error is a size, of something that was compared: nothing is less than exact."""
    for entry_id, lines in base.measured.items():
        for key, measurement in lines.measurements.items():
            found = [getattr(measurement, name, []) for name in ("errors", *ERRORS_OF_PEERS)]
            nothing = isinstance(measurement, PeerErrors) and not measurement.declined and measurement.compared < 1
            if nothing or any(error < 0 for errors in found for error in errors):
                message = f"{' '.join(key)}: expected errors of 0 or more; run `kb verify {entry_id}`"
                yield Problem(_file(base, entry_id), 0, "", message)


def claims_are_judged_on_numbers(base: Base) -> Iterator[Problem]:
    """Every seed has what conditions and figure need, in finite numbers, and a figure's series are of one length."""
    for claim in base.claims.values():
        record = base.evidence.get(claim.id)
        if record and record.claim:
            for steps, message in [*_conditions(claim, record.claim), *_figure(claim, record.claim)]:
                yield base.problem(claim.id, steps, message)


def _conditions(claim: Claim, found: ClaimEvidence) -> Iterator[tuple[Steps, str]]:
    for field, conditions in (("expect", claim.expect), ("controls", claim.controls)):
        for number, condition in enumerate(conditions):
            values = found.measures.get(condition.measure)
            if values is None:
                yield (field, number, "measure"), _not_measured(condition.measure, [*found.measures])
            elif unfit := _not_finite(values):
                yield (field, number, "measure"), f"expected finite numbers to judge by, came {unfit}"


def _figure(claim: Claim, found: ClaimEvidence) -> Iterator[tuple[Steps, str]]:
    """What a figure shows was measured, in finite numbers, and as often as the rest of it."""
    figure = claim.picture
    if figure is None:
        return
    across = {"x": figure.x, "y": figure.y}
    x: list[tuple[Steps, str | tuple[str, ...]]] = [(("figure", n), m) for n, m in across.items() if isinstance(m, str)]
    lengths: list[tuple[Steps, int]] = [] if isinstance(figure.x, str) else [(("figure", "x"), len(figure.x))]
    for steps, measure in [*x, *((("figure", "series", label), name) for label, name in figure.series.items())]:
        known = [*found.measures] if isinstance(measure, tuple) else [*found.series[0], *found.measures]
        missing = [name for name in ([measure] if isinstance(measure, str) else measure) if name not in known]
        if missing:
            yield steps, _not_measured(missing[0], known)
            continue
        values = found.values(measure)
        lengths.append((steps, len(values)))
        if unfit := _not_finite(values):
            yield steps, f"expected finite numbers to draw, came {unfit}: let the experiment return finite ones"
    for steps, length in lengths[1:]:
        if length != lengths[0][1]:
            first = ".".join(map(str, lengths[0][0]))
            yield steps, f"expected as many values as {first} has ({lengths[0][1]}), came {length}"


def _not_measured(name: str, known: list[str]) -> str:
    return f"no measure {name!r}{suggestion(name, known)}; the experiment returned {', '.join(known)}"


def _not_finite(values: Sequence[float]) -> str:
    """Return the first value that is no finite number as text; empty where there is none."""
    return next((str(value) for value in values if not math.isfinite(value)), "")


def asserted_traits_are_decided(base: Base) -> Iterator[Problem]:
    """Every asserted trait applies to its variant, and the probe's errors decide it."""
    for (architecture, variant, bias), facts in base.facts.items():
        for field, value in (("exhibits", "holds"), ("lacks", "lacks")):
            if any(fact.how == "asserted" and fact.value == value for fact in facts):
                if not base.architectures[architecture].signature_of(variant).inputs:
                    continue  # its annotations cannot be read, of which another rule tells
                if not base.acting(architecture, bias, variant):
                    message = f"{bias} does not apply to variant {variant!r}: its signature has no such axis"
                    yield base.problem(architecture, (field,), message)
                elif _is_undecided(base, architecture, variant, bias):
                    message = f"{bias} of variant {variant!r} is asserted, but the probe's error decides nothing"
                    yield base.problem(architecture, (field,), message)


def _is_undecided(base: Base, architecture: str, variant: str, bias: str) -> bool:
    record = base.evidence.get(architecture)
    found = [trait for trait in record.traits if (trait.variant, trait.bias) == (variant, bias)] if record else []
    return any(trait.value == "unknown" and not trait.declined for trait in found)


def implementations_agree(base: Base) -> Iterator[Problem]:
    """Implementations agree with their peers to rounding error, and pass their exact checks."""
    for entry_id, record in base.evidence.items():
        for message in _differences(record.peer) if record.peer else ():
            yield base.problem(entry_id, ("peer",), message)
        listed = [check.check for check in getattr(base[entry_id], "checks", [])]
        for check in record.checks:
            if not check.met:
                message = f"the error is {check.error:.1e} (at most {check.tolerance:.0e})"
                yield base.problem(entry_id, ("checks", listed.index(check.check)), message)


def _differences(found: PeerEvidence) -> Iterator[str]:
    if not found.compared:
        yield f"the peer can express nothing of it: {found.declined[0].declined}"
    for case in found.compared:
        if not case.met:
            yield (
                f"case {case.case!r} differs from the peer by {case.evaluation:.0e} in evaluation mode and by "
                f"{case.training:.0e} in training mode (at most {evidence.PEER_TOLERANCE:.0e} relative)"
            )


def speeds_are_ratios(base: Base) -> Iterator[Problem]:
    """Speeds, where `kb bench` has measured some, are ratios of entries and variants that there are."""
    file = base.root / SPEED_FILE
    if not file.is_file():
        return
    try:
        speeds = evidence.read_speeds(base.root)
    except ValueError as error:
        yield Problem(SPEED_FILE, 0, "", str(error).removeprefix(f"{SPEED_FILE}: "))
        return
    for entry_id, speed in speeds.items():
        if wrong := _speed(base, entry_id, speed):
            yield Problem(SPEED_FILE, 0, entry_id, wrong)


def _speed(base: Base, entry_id: str, speed: Speed) -> str:
    """Say what is wrong with a speed; empty where nothing is."""
    entry, again = base.get(entry_id), f"run `kb bench {entry_id}`"
    if entry is None or not getattr(entry, "peer", None):
        return "no entry with a peer has this id: remove it"
    if speed.variant is not None and speed.variant not in getattr(entry, "places", ()):
        return f"no variant {speed.variant!r}: {again}"
    ratios = (speed.float64, 1.0 if speed.float32 is None else speed.float32)
    if speed.rounds < 1 or not all(0 < ratio < math.inf for ratio in ratios):
        return f"expected positive ratios over at least one round: {again}"
    return ""


def _file(base: Base, entry_id: str) -> str:
    return base.evidence_file(entry_id).relative_to(base.root).as_posix()
