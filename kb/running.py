"""Running an architecture: one pass forward and backward, or training on its task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from kb import files
from kb.base import Base
from kb.measuring import Stage, count_flops, count_parameters, held, stages
from kb.problems import NoSuchEntryError
from kb.schema import DEFAULT_VARIANT, Architecture, Variant

CLIP = 1.0
"""Gradients are clipped to this norm, which recurrent networks need and others do not notice."""

CLEAR_MARGIN = 0.05
"""Share of the baseline by which a score must be better to beat it: less is what another draw of the data may do."""


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


@runtime_checkable
class ClosedForm(Protocol):
    """A module that computes its trainable parameters from data at once, as a linear read-out can be."""

    def fit(self, *, target: Tensor, **inputs: Tensor) -> None: ...  # noqa: D102
    def __call__(self, **inputs: Tensor) -> Any: ...  # noqa: D102


@runtime_checkable
class Sampling(Protocol):
    """A module whose loss needs samples that it draws itself, as contrastive divergence does."""

    def sampled_loss(self, generator: torch.Generator, *, target: Tensor, **inputs: Tensor) -> Tensor: ...  # noqa: D102


@dataclass(frozen=True)
class Output:
    """A tensor that came out: its shape, and what is in it."""

    shape: tuple[int, ...]
    mean: float
    std: float
    least: float
    greatest: float


@dataclass(frozen=True)
class Pass:
    """What one pass through a module showed.

    Args:
        architecture: Id of the architecture.
        variant: Name of the variant.
        inputs: Shape of every input, by its name.
        outputs: Shape and contents of every output, by its name.
        parameters: Number of trainable parameters.
        flops: Floating-point operations of the forward pass, 2 for a multiply-add.
        stages: The layers, in the order in which they ran.
        held: Shapes of the trainable parameters that belong to no stage.
        forward_ms: Time of the forward pass.
        backward_ms: Time of the backward pass of a random projection of the outputs; None where nothing has a gradient.
        gradient_norm: Norm of the gradient of all parameters together.
        without_gradient: Parameters that the outputs do not depend on.
    """

    architecture: str
    variant: str
    inputs: dict[str, tuple[int, ...]]
    outputs: dict[str, Output]
    parameters: int
    flops: int
    stages: list[Stage]
    held: dict[str, tuple[int, ...]]
    forward_ms: float
    backward_ms: float | None
    gradient_norm: float | None
    without_gradient: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class Training:
    """The result of training on a task.

    Args:
        architecture: Id of the architecture.
        variant: Name of the variant.
        task: Id of the task.
        metric: What the scores are.
        higher_is_better: Which way the metric points.
        score: On data that were not trained on.
        untrained: The score before the first step.
        baseline: The score of a trivial predictor.
        parameters: Number of trainable parameters; without any, there is nothing to train and the score is all.
        seed: Of the data, the weights and the batches.
        seconds: How long it took.
        losses: The training loss of every step; one where the parameters are computed in closed form.
    """

    architecture: str
    variant: str
    task: str
    metric: str
    higher_is_better: bool
    score: float
    untrained: float
    baseline: float
    parameters: int
    seed: int
    seconds: float
    losses: list[float] = field(repr=False)

    @property
    def beats_baseline(self) -> bool:
        """Whether the result is clearly better than that of the trivial predictor, by more than `CLEAR_MARGIN`."""
        better_by = self.score - self.baseline if self.higher_is_better else self.baseline - self.score
        return better_by > CLEAR_MARGIN * abs(self.baseline)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self) | {"beats_baseline": self.beats_baseline}


def run_once(base: Base, entry_id: str, variant: str = DEFAULT_VARIANT, seed: int = 0) -> Pass:
    """Build a variant and pass its example inputs through it, forward and backward.

    Args:
        base: The knowledge base.
        entry_id: An architecture.
        variant: One of its variants.
        seed: Of weights and inputs.

    Raises:
        NoSuchEntryError: No such architecture.
        ValueError: It has no such variant.
        ImportError: torch, or another library that the implementation needs, is not installed.
    """
    entry = architecture(base, entry_id)
    sizes = _variant(entry, variant).sizes
    torch.manual_seed(seed)
    module = entry.build(variant).eval()
    make: Callable[..., dict[str, Tensor]] = module.example_inputs  # type: ignore[assignment]
    inputs = make(torch.Generator().manual_seed(seed), **sizes)
    flops, found = count_flops(module, inputs), stages(module, inputs)
    start = perf_counter()
    result = module(**inputs)
    forward_ms = 1e3 * (perf_counter() - start)
    outputs = [result] if isinstance(result, Tensor) else list(result)
    start = perf_counter()
    norm, without = _backward(module, outputs)
    return Pass(
        architecture=entry.id,
        variant=variant,
        inputs={name: tuple(value.shape) for name, value in inputs.items()},
        outputs=dict(zip(entry.signature_of(variant).outputs, map(_output, outputs), strict=True)),
        parameters=count_parameters(module),
        flops=flops,
        stages=found,
        held=held(module, found),
        forward_ms=forward_ms,
        backward_ms=None if norm is None else 1e3 * (perf_counter() - start),
        gradient_norm=norm,
        without_gradient=without,
    )


def _variant(entry: Architecture, name: str) -> Variant:
    if name not in entry.all_variants:
        raise ValueError(f"{entry.id} has no variant {name!r}; its variants are {', '.join(entry.all_variants)}")
    return entry.all_variants[name]


def _output(output: Tensor) -> Output:
    values = output.detach().double()
    return Output(
        shape=tuple(output.shape),
        mean=float(values.mean()),
        std=float(values.std(correction=0)),
        least=float(values.min()),
        greatest=float(values.max()),
    )


def architecture(base: Base, entry_id: str) -> Architecture:
    """Return an architecture, or say that there is none of this id."""
    entry = base[entry_id]
    if not isinstance(entry, Architecture):
        raise NoSuchEntryError(entry_id, base.architectures, what="architecture")
    return entry


def _backward(module: nn.Module, outputs: list[Tensor]) -> tuple[float | None, list[str]]:
    """Differentiate a random projection of the outputs: their plain sum may be constant (softmax, normalisation)."""
    differentiable = [output for output in outputs if output.requires_grad]
    if not differentiable:
        return None, []
    torch.autograd.backward(differentiable, [torch.randn_like(output) for output in differentiable])
    gradients = {name: p.grad for name, p in module.named_parameters() if p.requires_grad}
    norms = [gradient.norm() for gradient in gradients.values() if gradient is not None]
    norm = float(torch.stack(norms).norm()) if norms else 0.0
    return norm, [name for name, gradient in gradients.items() if gradient is None]


def train(
    base: Base,
    entry_id: str,
    variant: str | None = None,
    seed: int = 0,
    progress: Callable[[int, int, float], None] = lambda step, steps, loss: None,
) -> Training:
    """Train an architecture on the task that its entry names, and score it on data that it has not seen.

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
    entry = architecture(base, entry_id)
    if entry.task is None:
        raise ValueError(f"{entry.id} names no task to train on")
    concept = base.concepts[entry.task.concept]
    chosen = variant or entry.task.variant
    arguments = entry.all_variants[entry.task.variant].arguments | _variant(entry, chosen).arguments
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    task: Task = concept.load()(generator=generator, **entry.task.arguments)
    module: nn.Module = entry.load()(**arguments)
    held_out = task.test()
    try:
        untrained = _score(module, task, held_out)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"variant {chosen!r} of {entry.id} does not fit the task {concept.id}: {reason}") from error
    start = perf_counter()
    losses = _fit(module, task, generator, progress) if count_parameters(module) else []
    return Training(
        architecture=entry.id,
        variant=chosen,
        task=concept.id,
        metric=task.metric,
        higher_is_better=task.higher_is_better,
        score=_score(module, task, held_out),
        untrained=untrained,
        baseline=task.baseline(),
        parameters=count_parameters(module),
        seed=seed,
        seconds=perf_counter() - start,
        losses=losses,
    )


def _score(module: nn.Module, task: Task, held_out: tuple[dict[str, Tensor], Tensor]) -> float:
    inputs, target = held_out
    with torch.no_grad():
        return task.score(module.eval()(**inputs), target)


def _fit(
    module: nn.Module, task: Task, generator: torch.Generator, progress: Callable[[int, int, float], None]
) -> list[float]:
    """Train a module, by its own closed form where it has one, and return the losses."""
    if isinstance(module, ClosedForm):
        return [_solve(module, task, progress)]
    return _descend(module, task, generator, progress)


def _solve(module: ClosedForm, task: Task, progress: Callable[[int, int, float], None]) -> float:
    inputs, target = task.batch()
    module.fit(**inputs, target=target)
    with torch.no_grad():
        loss = float(task.loss(module(**inputs), target))
    progress(1, 1, loss)
    return loss


def _descend(
    module: nn.Module, task: Task, generator: torch.Generator, progress: Callable[[int, int, float], None]
) -> list[float]:
    """Follow the gradient of the task's loss, or of the module's own where that needs samples."""
    optimiser = torch.optim.Adam(module.parameters(), lr=task.learning_rate)
    module.train()
    losses = []
    for step in range(1, task.steps + 1):
        inputs, target = task.batch()
        if isinstance(module, Sampling):
            loss = module.sampled_loss(generator, target=target, **inputs)
        else:
            loss = task.loss(module(**inputs), target)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(module.parameters(), CLIP)
        optimiser.step()
        losses.append(loss.item())
        progress(step, task.steps, losses[-1])
    return losses


def save_curve(training: Training, path: Path) -> None:
    """Save the learning curve as a picture: the loss of every step, and its running mean.

    Args:
        training: What was trained.
        path: The picture; its ending says of which format.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    steps = range(1, len(training.losses) + 1)
    axes.plot(steps, training.losses, color="0.8", label="loss of each batch")
    axes.plot(steps, _running_mean(training.losses), color="#0f6f8f", label="running mean")
    axes.set(xlabel="step", ylabel="training loss", title=caption(training).replace(": ", "\n", 1))
    axes.title.set_fontsize("medium")
    if 0 < 10 * min(training.losses) < max(training.losses):  # over less than a decade, log ticks are hard to read
        axes.set_yscale("log")
    axes.legend(frameon=False)
    picture = BytesIO()
    figure.savefig(picture, format=path.suffix[1:].lower(), dpi=150)
    files.write(path, picture.getvalue())


def _running_mean(values: list[float]) -> list[float]:
    """Return means over the last fortieth of the run: wide enough to be smooth, narrow enough to show where it fell."""
    width = max(1, len(values) // 40)
    windows = (values[max(0, end - width) : end] for end in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]


def caption(training: Training) -> str:
    """Return the result in one line."""
    return (
        f"{training.architecture} ({training.variant}) on {training.task}: {training.metric} {training.score:.3g} "
        f"(trivial baseline {training.baseline:.3g})"
    )
