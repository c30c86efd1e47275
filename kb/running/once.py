"""Running an architecture once: one pass forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from kb.base import Base
from kb.measuring import Stage, count_flops, count_parameters, held, stages
from kb.schema import DEFAULT_VARIANT, Architecture, Variant
from kb.subnetworks import shown


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
    entry = base.architectures[entry_id]
    sizes = variant_of(entry, variant).sizes
    torch.manual_seed(seed)
    module = entry.build(variant).eval()
    make: Callable[..., dict[str, Tensor]] = module.example_inputs  # type: ignore[assignment]
    inputs = make(torch.Generator().manual_seed(seed), **sizes)
    flops, found = count_flops(module, inputs), stages(shown(module), inputs)
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
        held=held(shown(module), found),
        forward_ms=forward_ms,
        backward_ms=None if norm is None else 1e3 * (perf_counter() - start),
        gradient_norm=norm,
        without_gradient=without,
    )


def variant_of(entry: Architecture, name: str) -> Variant:
    """Return a variant, also of a sub-network of it, or say that there is none of this name."""
    if name not in entry.places:
        raise ValueError(f"{entry.id} has no variant {name!r}; its variants are {', '.join(entry.places)}")
    return entry.all_variants[name.partition("/")[0]]


def _output(output: Tensor) -> Output:
    values = output.detach().double()
    return Output(
        shape=tuple(output.shape),
        mean=float(values.mean()),
        std=float(values.std(correction=0)),
        least=float(values.min()),
        greatest=float(values.max()),
    )


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
