"""Training an architecture on the task of its entry, and the result, stated for what it is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from kb.base import Base
from kb.measuring import count_parameters
from kb.running.once import variant_of
from kb.schema import Architecture
from kb.schema.training import Objective, Value
from kb.training import USUAL, Batch, Progress, Task, follow, objective

CLEAR_MARGIN = 0.05
"""Share of the baseline by which a score must be better to beat it: less is what another draw of the data may do."""
DRAWS = {"objective": 10, "samples": 3}
"""Number of draws for a random score."""
WORDS: dict[Value, str] = {"exact": "", "bound": "at most ", "estimate": "about "}


class Scoring(Task, Protocol):
    """What else a task offers, to be judged by.

    Args:
        metric: What the score is, with its unit.
        higher_is_better: Which way it points.
    """

    metric: str
    higher_is_better: bool

    def test(self) -> Batch:
        """Return held-out inputs and targets."""

    def score(self, judged: Any, target: Tensor) -> float:
        """Return the score of outputs, or of samples where `judges` is `samples`."""

    def baseline(self) -> float:
        """Return the score of a trivial answer."""


@runtime_checkable
class ClosedForm(Protocol):
    """A module that computes its trainable parameters from data at once, as a linear read-out can be."""

    def fit(self, *, target: Tensor, **inputs: Tensor) -> None: ...  # noqa: D102
    def __call__(self, **inputs: Tensor) -> Any: ...  # noqa: D102


@dataclass(frozen=True)
class Score:
    """A number on data that were not trained on.

    Args:
        metric: What it is a number of.
        value: The number; a mean where something is drawn.
        kind: Whether it is that, an upper bound of it, or an estimate.
        spread: The standard deviation over draws; None where nothing is drawn.
        draws: How many there were.
    """

    metric: str
    value: float
    kind: Value = "exact"
    spread: float | None = None
    draws: int = 1

    def __str__(self) -> str:
        if self.spread is None:
            return f"{self.metric} {WORDS[self.kind]}{self.value:.3g}"
        digits = max(0, 1 - math.floor(math.log10(self.spread))) if self.spread else 3
        number = f"{self.value:.{digits}f} ± {self.spread:.{digits}f}"
        return f"{self.metric} {WORDS[self.kind]}{number} over {self.draws} draws"


@dataclass(frozen=True)
class Training:
    """The result of training on a task.

    Args:
        architecture: Id of the architecture.
        variant: Name of the variant.
        task: Id of the task.
        higher_is_better: Which way the metric points.
        score: On data that were not trained on.
        untrained: The score before the first step.
        baseline: The score of a trivial predictor.
        parameters: Number of trainable parameters; without any, there is nothing to train and the score is all.
        seed: Of the data, the weights and the batches.
        seconds: How long it took.
        losses: By objective, the training loss of every step; one where parameters are computed in closed form.
        also: What else is known of data that were not trained on.
        teacher_forcing: Whether what comes before is taken from the target, in the score too.
    """

    architecture: str
    variant: str
    task: str
    higher_is_better: bool
    score: Score
    untrained: float
    baseline: float
    parameters: int
    seed: int
    seconds: float
    losses: dict[str, list[float]] = field(repr=False)
    also: list[Score] = field(default_factory=list)
    teacher_forcing: bool = False

    @property
    def beats_baseline(self) -> bool:
        """Whether the result is clearly better than that of the trivial predictor, by more than `CLEAR_MARGIN`."""
        value = self.score.value
        better_by = value - self.baseline if self.higher_is_better else self.baseline - value
        return better_by > CLEAR_MARGIN * abs(self.baseline)

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return max(map(len, self.losses.values()), default=0)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self) | {"beats_baseline": self.beats_baseline}


def train(
    base: Base,
    entry_id: str,
    variant: str | None = None,
    seed: int = 0,
    progress: Progress = lambda step, steps, loss: None,
) -> Training:
    """Train an architecture on the task that its entry names, as it says, and score it on data that it has not seen.

    The entry says which variant fits the task. Another one is trained with the sizes of that variant: its own arguments
    are laid over them, so that `no-peepholes` is the task's LSTM without peepholes.

    Args:
        base: The knowledge base.
        entry_id: An architecture with a `task`.
        variant: Another variant than the one that the entry names for the task.
        seed: Of the data, the weights and the batches.
        progress: Called after every step with step, number of steps and loss.

    Raises:
        NoSuchEntryError: No such architecture.
        ValueError: It has no task or no such variant, or the variant does not fit the task.
        ImportError: torch, or another library that implementation or task need, is not installed.
    """
    entry = base.architectures[entry_id]
    if entry.task is None:
        raise ValueError(f"{entry.id} names no task to train on")
    concept = base.concepts[entry.task.concept]
    chosen = variant or entry.task.variant
    arguments = entry.all_variants[entry.task.variant].arguments | variant_of(entry, chosen).arguments
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    task: Scoring = concept.load()(generator=generator, **entry.task.arguments)
    module: nn.Module = entry.load()(**arguments)
    try:
        untrained = _score(entry, module, task, draws=1).value
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"variant {chosen!r} of {entry.id} does not fit the task {concept.id}: {reason}") from error
    start = perf_counter()
    losses: dict[str, list[float]] = {}
    if count_parameters(module):
        module, losses = _fit(entry, module, task, generator, progress)
    return Training(
        architecture=entry.id,
        variant=chosen,
        task=concept.id,
        higher_is_better=task.higher_is_better,
        score=_score(entry, module, task),
        untrained=untrained,
        baseline=task.baseline(),
        parameters=count_parameters(module),
        seed=seed,
        seconds=perf_counter() - start,
        losses=losses,
        also=[_of_objective(module, each, task.test()) for each in _others(entry, task)],
        teacher_forcing=bool(entry.procedure and entry.procedure.teacher_forcing),
    )


def _fit(
    entry: Architecture, module: nn.Module, task: Scoring, generator: torch.Generator, progress: Progress
) -> tuple[nn.Module, dict[str, list[float]]]:
    """Train a module, by its own closed form where it has one, and return it with the losses."""
    if isinstance(module, ClosedForm):
        return module, {"task": [_solve(module, task, progress)]}
    trained = follow(entry.procedure or USUAL, module, task, generator, progress)
    return trained.module, trained.losses


def _solve(module: ClosedForm, task: Task, progress: Progress) -> float:
    inputs, target = task.batch()
    module.fit(**inputs, target=target)
    with torch.no_grad():
        loss = float(task.loss(module(**inputs), target))
    progress(1, 1, loss)
    return loss


def _score(entry: Architecture, module: nn.Module, task: Scoring, draws: int | None = None) -> Score:
    """Judge a module by what the task judges: outputs, samples, or the value of the objective that has its metric."""
    judges, (inputs, target) = getattr(task, "judges", "outputs"), task.test()
    module.eval()
    if judges == "objective":
        own = [each for each in entry.objectives if each.of == task.metric]
        if not own:
            raise ValueError(f"it is judged by {task.metric}, of which {entry.id} has no objective")
        return _of_objective(module, own[0], (inputs, target), draws)
    if judges == "samples":
        sample: Callable[..., Tensor] = module.sample  # type: ignore[assignment]
        count: int = task.count  # type: ignore[attr-defined]
        found = [task.score(sample(count, generator), target) for generator in _generators(draws or DRAWS["samples"])]
        return Score(task.metric, statistics.fmean(found), "exact", _spread(found), len(found))
    assert entry.task is not None
    with torch.no_grad():
        return Score(task.metric, task.score(module(**inputs), target), entry.task.value)


def _of_objective(module: nn.Module, own: Objective, held_out: Batch, draws: int | None = None) -> Score:
    """Return the mean of an objective over examples and draws."""
    module.eval()
    with torch.no_grad():
        generators = _generators(draws or DRAWS["objective"])
        found = [float(objective(module, own.method, *held_out, generator).mean()) for generator in generators]
    return Score(own.of, statistics.fmean(found), own.value, _spread(found), len(found))


def _others(entry: Architecture, task: Scoring) -> list[Objective]:
    """The objectives that say something of the data and are not the score: values of a quantity, or bounds of it."""
    judged = task.metric if getattr(task, "judges", "outputs") == "objective" else None
    return [each for each in entry.objectives if each.value == "bound" and each.of != judged]


def _generators(count: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(number) for number in range(count)]


def _spread(values: list[float]) -> float | None:
    return statistics.stdev(values) if len(values) > 1 else None


def caption(training: Training) -> str:
    """Return the result in one line."""
    return (
        f"{training.architecture} ({training.variant}) on {training.task}: {training.score} "
        f"(trivial baseline {training.baseline:.3g})"
    )
