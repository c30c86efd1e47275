"""Running an architecture: one pass forward and backward, or training on its task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from kb.base import KnowledgeBase
from kb.links import resolve
from kb.measuring import Stage, count_flops, count_parameters, stages
from kb.problems import NoSuchEntryError
from kb.schema import DEFAULT_VARIANT, Architecture

CLIP = 1.0
"""Gradients are clipped to this norm, which recurrent networks need and others do not notice."""
CURVE_POINTS = 200


class Task(Protocol):
    """What a task's class offers; see `implementations/concepts/task`."""

    metric: str
    higher_is_better: bool
    steps: int
    learning_rate: float

    def batch(self) -> tuple[dict[str, Tensor], Tensor]: ...  # noqa: D102
    def test(self) -> tuple[dict[str, Tensor], Tensor]: ...  # noqa: D102
    def loss(self, output: Any, target: Tensor) -> Tensor: ...  # noqa: D102
    def score(self, output: Any, target: Tensor) -> float: ...  # noqa: D102
    def baseline(self) -> float: ...  # noqa: D102


@dataclass(frozen=True)
class Pass:
    """What one pass through a module showed."""

    architecture: str
    variant: str
    inputs: dict[str, tuple[int, ...]]
    outputs: list[tuple[int, ...]]
    parameters: int
    flops: int
    stages: list[Stage]
    forward_ms: float
    backward_ms: float | None
    gradient_norm: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class Training:
    """The result of training on a task."""

    architecture: str
    variant: str
    task: str
    metric: str
    higher_is_better: bool
    score: float
    baseline: float
    seconds: float
    losses: list[float] = field(repr=False)

    @property
    def beats_baseline(self) -> bool:
        """Whether the result is better than that of the trivial predictor."""
        return self.score > self.baseline if self.higher_is_better else self.score < self.baseline

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self) | {"beats_baseline": self.beats_baseline}


def run_once(base: KnowledgeBase, entry_id: str, variant: str = DEFAULT_VARIANT, seed: int = 0) -> Pass:
    """Build a variant and pass its example inputs through it, forward and backward.

    Raises:
        NoSuchEntryError: No such architecture or variant.
    """
    entry = architecture(base, entry_id)
    torch.manual_seed(seed)
    module = entry.build(variant)
    inputs = entry.example_inputs(variant, seed, **entry.all_variants[variant].sizes)
    module.eval()
    flops, found = count_flops(module, inputs), stages(module, inputs)
    start = perf_counter()
    result = module(**inputs)
    middle = perf_counter()
    outputs = [result] if isinstance(result, Tensor) else list(result)
    norm = _backward(module, outputs)
    return Pass(
        architecture=entry.id,
        variant=variant,
        inputs={name: tuple(value.shape) for name, value in inputs.items()},
        outputs=[tuple(output.shape) for output in outputs],
        parameters=count_parameters(module),
        flops=flops,
        stages=found,
        forward_ms=1e3 * (middle - start),
        backward_ms=None if norm is None else 1e3 * (perf_counter() - middle),
        gradient_norm=norm,
    )


def architecture(base: KnowledgeBase, entry_id: str) -> Architecture:
    """Return an architecture, or say that there is none of this id."""
    entry = base[entry_id]
    if not isinstance(entry, Architecture):
        raise NoSuchEntryError(entry_id, base.architectures, what="architecture")
    return entry


def _backward(module: nn.Module, outputs: list[Tensor]) -> float | None:
    differentiable = [output for output in outputs if output.requires_grad]
    if not differentiable:
        return None
    torch.autograd.backward(differentiable, [torch.ones_like(output) for output in differentiable])
    gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
    return float(torch.linalg.vector_norm(torch.stack([gradient.norm() for gradient in gradients])))


def train(
    base: KnowledgeBase,
    entry_id: str,
    seed: int = 0,
    progress: Callable[[int, int, float], None] = lambda step, steps, loss: None,
) -> Training:
    """Train an architecture on the task that its entry names, and score it on data that it has not seen.

    Args:
        base: The knowledge base.
        entry_id: An architecture with a `task`.
        seed: Of the data, the weights and the batches.
        progress: Called after every step with step, number of steps and loss.

    Raises:
        ValueError: The architecture has no task.
    """
    entry = architecture(base, entry_id)
    if entry.task is None:
        raise ValueError(f"{entry.id} names no task to train on")
    task_entry = base.concepts[entry.task.concept]
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    task: Task = resolve(str(task_entry.implementation))(generator=generator, **entry.task.arguments)
    module = entry.build(entry.task.variant)
    start = perf_counter()
    losses = _fit(module, task, progress) if list(module.parameters()) else []
    module.eval()
    inputs, target = task.test()
    with torch.no_grad():
        score = task.score(module(**inputs), target)
    return Training(
        architecture=entry.id,
        variant=entry.task.variant,
        task=task_entry.id,
        metric=task.metric,
        higher_is_better=task.higher_is_better,
        score=score,
        baseline=task.baseline(),
        seconds=perf_counter() - start,
        losses=losses,
    )


def _fit(module: nn.Module, task: Task, progress: Callable[[int, int, float], None]) -> list[float]:
    optimiser = torch.optim.Adam(module.parameters(), lr=task.learning_rate)
    module.train()
    losses = []
    for step in range(task.steps):
        inputs, target = task.batch()
        loss = task.loss(module(**inputs), target)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(module.parameters(), CLIP)
        optimiser.step()
        losses.append(float(loss))
        progress(step + 1, task.steps, losses[-1])
    return losses


def save_curve(training: Training, path: Path) -> None:
    """Save the learning curve as a picture: every loss, and a running mean over it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    losses = training.losses
    width = max(1, len(losses) // CURVE_POINTS * 5)
    mean = [sum(losses[max(0, i - width) : i + 1]) / len(losses[max(0, i - width) : i + 1]) for i in range(len(losses))]
    axes.plot(losses, color="0.8", label="loss of each batch")
    axes.plot(mean, color="#0f6f8f", label="running mean")
    axes.set(xlabel="step", ylabel="training loss", title=caption(training))
    if losses and min(losses) > 0:
        axes.set_yscale("log")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def caption(training: Training) -> str:
    """Return the result in one line."""
    return (
        f"{training.architecture} ({training.variant}) on {training.task}: {training.metric} {training.score:.4g} "
        f"(trivial baseline {training.baseline:.4g})"
    )


def shapes(named: Mapping[str, tuple[int, ...]]) -> str:
    """Return named shapes in one line, such as `x [2, 5, 8]`."""
    return ", ".join(f"{name} {list(shape)}" for name, shape in named.items())
