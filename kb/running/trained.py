"""Training an architecture on the task of its entry, and the result, stated for what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from torch import nn

from kb import files
from kb.base import Base
from kb.measuring import count_parameters
from kb.running import checkpoints, curves, devices, logs, processes, samples
from kb.running.closed import Solution
from kb.running.course import Course
from kb.running.samples import Sample
from kb.running.scoring import Score, others, score
from kb.running.setting import Setting

CLEAR_MARGIN = 0.05
"""Share of the baseline by which a score must be better to beat it: less is what another draw of the data may do."""
EVERY = 5.0
"""Seconds between two checkpoints of a training."""

Progress = Callable[[int, int, float], None]


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
        samples: Some of what it wrote, drew or predicted.
        module: The trained network itself.
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
    samples: list[Sample] = field(default_factory=list, repr=False)
    module: nn.Module | None = field(default=None, repr=False, compare=False)

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

    @property
    def caption(self) -> str:
        """The result in one line."""
        place = f"{self.architecture} ({self.variant}) on {self.task}"
        return f"{place}: {self.score} (trivial baseline {self.baseline:.3g})"

    def _repr_png_(self) -> bytes | None:
        """In a notebook, it is the learning curve."""
        return curves.drawn(self.losses, self.caption) if self.losses else None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("module", "samples")}
        scores = {"score": asdict(self.score), "also": [asdict(each) for each in self.also]}
        return plain | scores | {"beats_baseline": self.beats_baseline, "samples": samples.as_rows(self.samples)}


def train(
    base: Base,
    entry_id: str,
    variant: str | None = None,
    seed: int | None = None,
    progress: Progress = lambda step, steps, loss: None,
    *,
    steps: int | None = None,
    device: str = "cpu",
    save: Path | None = None,
    load: Path | None = None,
    log: Path | None = None,
    go_on: bool = True,
    every: float = EVERY,
) -> Training:
    """Train an architecture on the task that its entry names, as it says, and score it on data that it has not seen.

    The entry says which variant fits the task. Another one is trained with the sizes of that variant: its own arguments
    are laid over them, so that `no-peepholes` is the task's LSTM without peepholes. Scores and samples are computed on
    the processor, wherever it is trained.

    Args:
        base: The knowledge base.
        entry_id: An architecture with a `task`.
        variant: Another variant than the one that the entry names for the task.
        seed: Of the data, the weights and the batches; 0 where neither this nor a checkpoint says it.
        progress: Called after every step with step, number of steps and loss.
        steps: How many steps in all, those of a checkpoint included; as many as the checkpoint or the task says where
            this is not given.
        device: Where it is trained, such as `cuda`.
        save: Where checkpoints are written, during the training and after it.
        load: A checkpoint to go on from. On the same processor the result is that of a run without a break.
        log: A folder for TensorBoard.
        go_on: Whether the steps are taken that are left; without them, a checkpoint is judged as it is.
        every: Seconds between checkpoints.

    Raises:
        NoSuchEntryError: No such architecture.
        ValueError: It has no task or no such variant, the variant does not fit the task, or the checkpoint not these.
        ImportError: torch, or another library that the implementation or the task needs, is not installed.
    """
    entry, place, start = base.architectures[entry_id], devices.named(device), perf_counter()
    found = checkpoints.read(load) if load else None
    if load and found:
        found[0].check(load, entry, variant, seed)
        variant, seed, steps = found[0].variant, found[0].seed, found[0].total(steps, entry)
    setting = Setting.of(base, entry, variant, seed or 0, place)
    untrained = setting.untrained()
    group = processes.join(place)
    course = setting.course(steps, group)
    if course is None and (save or load):
        raise ValueError(f"{entry.id} has no parameters: there is nothing to save or load")
    if course and load and found:
        checkpoints.restore(load, course, found[1])
    keep = _keeping(setting, course, save if group.first else None)
    with logs.opened(log if group.first else None, course.done if course else 0) as note:
        if course and go_on:
            _go(course, note, progress, keep, every)
        keep()
        result = _result(setting, course, untrained, perf_counter() - start)
        for name, value in (("trained", result.score.value), ("trivial", result.baseline)):
            note(f"{result.score.metric}/{name}", value, result.steps)
    return result


def _keeping(setting: Setting, course: Course | Solution | None, path: Path | None) -> Callable[[], None]:
    """Return what writes a checkpoint of how things stand, if one is to be written."""
    if path is None or course is None:
        return lambda: None
    checkpoints.check_target(path)

    def keep() -> None:
        header = checkpoints.Header(
            version=checkpoints.VERSION,
            architecture=setting.entry.id,
            variant=setting.variant,
            task=setting.concept,
            seed=setting.seed,
            steps=course.steps,
            done=course.done,
        )
        checkpoints.write(path, header, course.state())

    return keep


def _go(course: Course | Solution, note: logs.Log, progress: Progress, keep: Callable[[], None], every: float) -> None:
    """Take the steps that are left, and every few seconds keep how things stand."""
    kept = monotonic()
    for loss in course.run():
        if monotonic() - kept >= every:
            keep()
            kept = monotonic()
        for name, met in course.last.items():
            note(f"loss/{name}", met, course.done)
        progress(course.done, course.steps, loss)


def _result(setting: Setting, course: Course | Solution | None, untrained: float, seconds: float) -> Training:
    """Judge what was trained."""
    entry, task = setting.entry, setting.task
    module = (course.trained if course else setting.module).to("cpu")
    return Training(
        architecture=entry.id,
        variant=setting.variant,
        task=setting.concept,
        higher_is_better=task.higher_is_better,
        score=score(entry, module, task),
        untrained=untrained,
        baseline=task.baseline(),
        parameters=count_parameters(module),
        seed=setting.seed,
        seconds=seconds,
        losses=course.losses if course else {},
        also=others(entry, module, task),
        teacher_forcing=bool(entry.procedure and entry.procedure.teacher_forcing),
        samples=samples.of(task, module),
        module=module,
    )


def caption(training: Training) -> str:
    """Return the result in one line."""
    return training.caption


def save_curve(training: Training, path: Path) -> None:
    """Save the learning curve as a picture.

    Args:
        training: What was trained.
        path: The picture; its ending says of which format.
    """
    files.write(path, curves.drawn(training.losses, training.caption, path.suffix[1:].lower()))
