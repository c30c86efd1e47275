"""Running experiments and judging them by the conditions of their claims."""

from __future__ import annotations

from statistics import median

from kb.evidence import ClaimEvidence, ConditionEvidence, Verdict
from kb.links import resolve
from kb.schema import Claim, Condition
from kb.verify.preparing import rounded

Result = dict[str, float | list[float]]


def judge(claim: Claim) -> ClaimEvidence:
    """Run a claim's experiment for all of its seeds and judge the medians.

    Raises:
        KeyError: A condition or the figure names a measure that the experiment does not return.
    """
    if claim.experiment is None:
        raise ValueError(f"{claim.id} has no experiment")
    experiment = resolve(claim.experiment)
    results: list[Result] = [experiment(seed) for seed in range(claim.seeds)]
    measures = {name: [float(result[name]) for result in results] for name in _scalars(results[0])}  # type: ignore[arg-type]
    _check_names(claim, results[0])
    conditions = [_judge(condition, measures, control) for condition, control in _conditions(claim)]
    return ClaimEvidence(
        verdict=verdict(conditions, _failed_everywhere(claim, measures)),
        seeds=claim.seeds,
        measures={name: [rounded(value) for value in values] for name, values in measures.items()},
        series={
            name: [rounded(float(value)) for value in series]
            for name, series in results[0].items()
            if isinstance(series, list)
        },
        conditions=conditions,
    )


def verdict(conditions: list[ConditionEvidence], failed_everywhere: bool) -> Verdict:
    """Supported: all conditions are met. Refuted: the controls behave, and an expectation fails for every seed."""
    if all(condition.met for condition in conditions):
        return "supported"
    controls = all(condition.met for condition in conditions if condition.control)
    return "refuted" if controls and failed_everywhere else "not reproduced"


def _failed_everywhere(claim: Claim, measures: dict[str, list[float]]) -> bool:
    return any(not any(condition.holds(value) for value in measures[condition.measure]) for condition in claim.expect)


def _conditions(claim: Claim) -> list[tuple[Condition, bool]]:
    return [(condition, False) for condition in claim.expect] + [(condition, True) for condition in claim.controls]


def _judge(condition: Condition, measures: dict[str, list[float]], control: bool) -> ConditionEvidence:
    middle = median(measures[condition.measure])
    return ConditionEvidence(
        condition=str(condition), control=control, median=rounded(middle), met=condition.holds(middle)
    )


def _scalars(result: Result) -> list[str]:
    return [name for name, value in result.items() if not isinstance(value, list)]


def _check_names(claim: Claim, result: Result) -> None:
    scalars = {condition.measure for condition, _ in _conditions(claim)}
    series = claim.picture.measures if claim.picture else set()
    for name in sorted(scalars | series):
        if name not in result:
            raise KeyError(f"{claim.id}: the experiment returns no measure {name!r} (it returns {', '.join(result)})")
