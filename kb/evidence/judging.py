"""Conclusions from measurements: values of traits, agreement with peers, verdicts on claims.

Only raw numbers are kept in files. A tolerance or a condition that changes is applied at once, and nothing can be
written into a file but what was measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, JsonValue

from kb.evidence.record import (
    CheckErrors,
    Cost,
    Curves,
    PeerErrors,
    Picture,
    Record,
    SeedResult,
    Size,
    TraitErrors,
    Widening,
)
from kb.schema import Architecture, Bias, Claim, Concept, Condition, Entry, Verdict

Value = Literal["holds", "lacks", "unknown"]

VIOLATION = 1e-2
"""An error as large as this refutes a bias; between a bias's tolerance and this, nothing is decided."""

DECIDING = {"every": "largest", "most": "median", "one": "smallest"}
"""Which error of all draws decides, by how many draws must agree that a bias holds."""

PEER_TOLERANCE = 1e-10
"""Largest relative difference from a peer, in float64. Honest matches reach 1e-14; a wrong eps shows as 1e-6."""


class TraitEvidence(Record):
    """A trait of a variant: its value, and the error that decided it, which of all draws it is, and what each shows.

    Where `narrowed` is above 1, all this is about a network so many times as narrow. `declined` is why none was run.
    """

    bias: str
    variant: str
    value: Value
    error: float
    which: str
    tolerance: float
    errors: list[float]
    witness: dict[str, JsonValue] | None = None
    narrowed: int = 1
    declined: str = ""

    @property
    def draws(self) -> int:
        """How many draws of weights and inputs were measured."""
        return len(self.errors)

    @property
    def mixed(self) -> bool:
        """Whether some draws alone would say that it holds and others that it lacks."""
        return bool(self.errors) and min(self.errors) <= self.tolerance and max(self.errors) >= VIOLATION


class PeerCase(Record):
    """Largest relative difference from the peer in one case, in evaluation mode and in training mode.

    Compared are outputs, gradients of inputs and weights, and in training mode the buffers after the pass. `declined`
    is why the peer cannot express the case; nothing is compared then.
    """

    case: str
    evaluation: float = 0.0
    training: float = 0.0
    compared: int = 0
    declined: str = ""

    @property
    def error(self) -> float:
        """The larger of both; a NaN if one of them is."""
        return largest([self.evaluation, self.training])

    @property
    def met(self) -> bool:
        """Whether the differences are rounding errors; a NaN is not."""
        return self.error <= PEER_TOLERANCE


class PeerEvidence(Record):
    """The result of the comparison with the peer, case by case."""

    cases: list[PeerCase]

    @property
    def compared(self) -> list[PeerCase]:
        """The cases in which something was compared."""
        return [case for case in self.cases if not case.declined]

    @property
    def declined(self) -> list[PeerCase]:
        """The cases that the peer cannot express."""
        return [case for case in self.cases if case.declined]

    @property
    def error(self) -> float:
        """The largest relative difference of all cases; NaN if one of them is, or if nothing was compared."""
        return largest(case.error for case in self.compared)

    @property
    def agreement(self) -> str:
        """What agrees, in words: the whole, or where only sub-networks were compared, these."""
        networks = list(dict.fromkeys(case.case.partition("/")[2] for case in self.compared))
        if "" in networks:
            return "agrees with its peer"
        *others, last = networks
        return f"{', '.join(others)} and {last} agree with peers" if others else f"{last} agrees with a peer"

    @property
    def tensors(self) -> int:
        """How many tensors were compared."""
        return sum(case.compared for case in self.compared)

    @property
    def met(self) -> bool:
        """Whether all differences are rounding errors, of something that was compared."""
        return self.error <= PEER_TOLERANCE


class CheckEvidence(Record):
    """The largest relative error of an exact check, over draws."""

    check: str
    error: float
    tolerance: float

    @property
    def met(self) -> bool:
        """Whether it is within its tolerance; a NaN is not."""
        return self.error <= self.tolerance


class ConditionEvidence(Record):
    """A condition of a claim, and for which seeds it holds. No seed has a value where one of them did not measure it.

    `share` is that of the seeds which are enough, and which a refutation needs.
    """

    condition: str
    control: bool
    share: float
    values: list[float]
    holds: list[bool]

    @property
    def met(self) -> bool:
        """Whether it holds for enough seeds."""
        return self._enough(self.holds.count(True))

    @property
    def missed(self) -> bool:
        """Whether it fails for as many seeds as would be enough for it to be met."""
        return self._enough(self.holds.count(False))

    def _enough(self, seeds: int) -> bool:
        return bool(self.holds) and seeds >= self.share * len(self.holds) - 1e-9

    @property
    def tally(self) -> str:
        """For which seeds it holds, in words."""
        failing = [str(seed) for seed, held in enumerate(self.holds) if not held]
        if not self.holds:
            return "not measured"
        if not failing:
            return "holds for every seed" if len(self.holds) > 1 else "holds"
        if len(failing) == len(self.holds):
            return "fails for every seed" if len(self.holds) > 1 else "fails"
        return f"fails for seed{'s' if len(failing) > 1 else ''} {', '.join(failing)} of 0 to {len(self.holds) - 1}"


class ClaimEvidence(Record):
    """What an experiment returned for all seeds, and the verdict. Series are those of the first seed."""

    verdict: Verdict
    seeds: int
    measures: dict[str, list[float]]
    series: list[dict[str, list[float]]]
    conditions: list[ConditionEvidence]

    def values(self, measure: str | tuple[str, ...], seed: int = 0) -> list[float]:
        """What a figure shows of one seed: a series, or a list of measures; of a single measure, that of all seeds."""
        if not isinstance(measure, str):
            return [self.measures[name][seed] for name in measure]
        return self.series[seed].get(measure) or self.measures[measure]

    def spread(self, measure: str | tuple[str, ...]) -> list[list[float]]:
        """The same of every seed; of a single measure, which has a value for each seed already, once."""
        single = isinstance(measure, str) and measure not in self.series[0]
        return [self.values(measure, seed) for seed in range(1 if single else self.seeds)]


class Evidence(Record):
    """Everything that measurements show about one entry."""

    libraries: dict[str, str]
    variants: dict[str, Size] = Field(default_factory=dict)
    cost: Cost | None = None
    widenings: dict[str, Widening] = Field(default_factory=dict)
    pictures: list[Picture] = Field(default_factory=list)
    traits: list[TraitEvidence] = Field(default_factory=list)
    curves: list[Curves] = Field(default_factory=list)
    peer: PeerEvidence | None = None
    checks: list[CheckEvidence] = Field(default_factory=list)
    claim: ClaimEvidence | None = None
    thorough: ClaimEvidence | None = None


def judge(entry: Entry, measured: Mapping[tuple[str, ...], Any], biases: Mapping[str, Bias]) -> Evidence:
    """Return what follows from the measurements of an entry; those of things that it no longer has are ignored.

    Args:
        entry: The entry.
        measured: Its measurements by key.
        biases: All biases by id, for their tolerances.
    """
    versions = [measurement.libraries for measurement in measured.values()]
    libraries = {name: version for pairs in reversed(versions) for name, version in pairs.items()}
    found: dict[str, Any] = {}
    if isinstance(entry, Architecture):
        sizes = {name: measured.get(("size", name)) for name in entry.places}
        found["variants"] = {name: size for name, size in sizes.items() if size}
        found["cost"] = measured.get(("cost",))
        widenings = {name: measured.get(("widening", name)) for name in entry.all_variants}
        found["widenings"] = {name: widening for name, widening in widenings.items() if widening}
        found["pictures"] = [m for m in measured.values() if isinstance(m, Picture) and m.boxes]
        traits = [m for m in measured.values() if isinstance(m, TraitErrors)]
        known = [m for m in traits if m.bias in biases and entry.has_place(m.variant)]
        found["traits"] = [judge_trait(trait, biases[trait.bias]) for trait in known]
        found["curves"] = [m for m in measured.values() if isinstance(m, Curves) and m.bias in biases]
    if isinstance(entry, Architecture | Concept):
        cases = [m for m in measured.values() if isinstance(m, PeerErrors)]
        if entry.peer and cases:
            found["peer"] = PeerEvidence(cases=[_judge_case(case) for case in cases])
        checks = [(check, measured.get(("check", check.check))) for check in entry.checks]
        found["checks"] = [_judge_check(m, check.tolerance) for check, m in checks if m]
    if isinstance(entry, Claim):
        found["claim"], found["thorough"] = (_judge_seeds(entry, measured, kind) for kind in ("seed", "thorough"))
    return Evidence(libraries=libraries, **found)


def _judge_seeds(claim: Claim, measured: Mapping[tuple[str, ...], Any], kind: str) -> ClaimEvidence | None:
    """Judge what an experiment, or its larger form, returned for all seeds; nothing where one is missing."""
    seeds = [measured.get((kind, str(seed))) for seed in range(claim.seeds)]
    return judge_claim(claim, [seed for seed in seeds if seed]) if all(seeds) else None


def judge_trait(measured: TraitErrors, bias: Bias) -> TraitEvidence:
    """Judge a trait by the error that decides it: the scope of the bias says how many draws must agree."""
    error = deciding(measured.errors, bias)
    return TraitEvidence(
        bias=measured.bias,
        variant=measured.variant,
        value=value_of(error, bias),
        error=error,
        which=DECIDING[bias.scope.draws],
        tolerance=bias.tolerance,
        errors=measured.errors,
        witness=measured.witness,
        narrowed=measured.narrowed,
        declined=measured.declined,
    )


def value_of(error: float, bias: Bias) -> Value:
    """Judge an error: rounding size holds, a clear violation lacks, anything between (or a NaN) decides nothing."""
    if error <= bias.tolerance:
        return "holds"
    return "lacks" if error >= VIOLATION else "unknown"


def deciding(errors: list[float], bias: Bias) -> float:
    """Return the error that as many draws stay within as must agree: the largest, the median or the smallest.

    A draw that overflows shows nothing; it leaves the others to decide where one is enough.
    """
    ordered = sorted(error for error in errors if not math.isnan(error))
    if bias.scope.draws == "one":
        return ordered[0] if ordered else math.nan
    if len(ordered) < len(errors) or not errors:
        return math.nan
    return ordered[-1] if bias.scope.draws == "every" else ordered[len(ordered) // 2]


def largest(errors: Iterable[float]) -> float:
    """Return the largest error, or NaN if there is none or one of them is NaN, which `max` alone may lose."""
    found = list(errors)
    return math.nan if not found or any(map(math.isnan, found)) else max(found)


def _judge_case(measured: PeerErrors) -> PeerCase:
    if measured.declined:
        return PeerCase(case=measured.case, declined=measured.declined)
    trained = (measured.training_outputs, measured.training_gradients, measured.training_buffers)
    return PeerCase(
        case=measured.case,
        evaluation=largest([*measured.outputs, *measured.gradients]),
        training=largest([error for errors in trained for error in errors]),
        compared=measured.compared,
    )


def _judge_check(measured: CheckErrors, tolerance: float) -> CheckEvidence:
    return CheckEvidence(check=measured.check, error=largest(measured.errors), tolerance=tolerance)


def judge_claim(claim: Claim, seeds: list[SeedResult]) -> ClaimEvidence:
    """Judge a claim by its conditions, seed by seed: no median hides a seed that fails."""
    shared = [name for name in seeds[0].measures if all(name in seed.measures for seed in seeds)]
    measures = {name: [seed.measures[name] for seed in seeds] for name in shared}
    conditions = [
        _judge_condition(condition, measures, control, claim.share)
        for control, stated in ((False, claim.expect), (True, claim.controls))
        for condition in stated
    ]
    return ClaimEvidence(
        verdict=verdict(conditions),
        seeds=len(seeds),
        measures=measures,
        series=[seed.series for seed in seeds],
        conditions=conditions,
    )


def verdict(conditions: list[ConditionEvidence]) -> Verdict:
    """Return what conditions say together, as `kb.schema.VERDICTS` defines it."""
    if all(condition.met for condition in conditions):
        return "supported"
    controls = all(condition.met for condition in conditions if condition.control)
    missed = any(condition.missed for condition in conditions if not condition.control)
    return "refuted" if controls and missed else "not settled"


def _judge_condition(
    condition: Condition, measures: dict[str, list[float]], control: bool, share: float
) -> ConditionEvidence:
    values = measures.get(condition.measure, [])
    holds = [condition.holds(value) for value in values]
    return ConditionEvidence(condition=str(condition), control=control, share=share, values=values, holds=holds)
