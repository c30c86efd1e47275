"""Running probes: every bias on every architecture whose signature has the axis that the bias acts on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from implementations.axes import Axes
from kb.base import KnowledgeBase
from kb.evidence import TraitEvidence, Value
from kb.links import resolve
from kb.schema import Architecture, Bias, Signature
from kb.verify import Progress
from kb.verify.preparing import prepare, rounded, seeded, to_float64

DRAWS = 3
VIOLATION = 1e-2
"""An error as large as this refutes a bias; between a bias's tolerance and this, nothing is decided."""


def measure_traits(base: KnowledgeBase, entry: Architecture, progress: Progress) -> Iterator[TraitEvidence]:
    """Yield what each applicable probe measures on every small variant, and on the variants that traits name."""
    for variant, bias_id in sorted(base.probed(entry.id)):
        progress(entry.id, f"{bias_id} ({variant})")
        bias, acting = base.biases[bias_id], base.acting(entry.id, bias_id, variant)
        error = largest_error(entry, variant, bias, acting, DRAWS)
        yield TraitEvidence(
            bias=bias_id,
            variant=variant,
            error=rounded(error, 2),
            tolerance=bias.tolerance,
            draws=DRAWS,
            value=verdict(error, bias),
        )


def largest_error(entry: Architecture, variant: str, bias: Bias, acting: tuple[str, ...], draws: int) -> float:
    """Return the largest error over some draws of weights and inputs; NaN if one of them decided nothing."""
    errors = [_probe_once(entry, variant, bias, acting, draw) for draw in range(draws)]
    return math.nan if any(map(math.isnan, errors)) else max(errors)  # `max` alone may lose a NaN


def _probe_once(entry: Architecture, variant: str, bias: Bias, acting: tuple[str, ...], draw: int) -> float:
    """Return the error of one draw; NaN where the module overflows, from which nothing can be concluded."""
    generator = seeded(entry.id, variant, bias.id, draw)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(generator.initial_seed())
        module = entry.build(variant)
        prepare(module, generator)
        inputs = to_float64(example_inputs(module, generator))
        axes = axes_of(entry.signature_of(variant), acting, set(inputs))
        try:
            return float(resolve(bias.probe)(module, inputs, axes, generator))
        except FloatingPointError:
            return math.nan


def example_inputs(module: nn.Module, generator: torch.Generator, **sizes: int) -> dict[str, Tensor]:
    """Call a module's own `example_inputs`, the method that every implementation has."""
    method: Callable[..., dict[str, Tensor]] = module.example_inputs  # type: ignore[assignment]
    return method(generator, **sizes)


def axes_of(signature: Signature, acting: tuple[str, ...], given: set[str]) -> Axes:
    """Return a signature as probes see it; optional inputs that the example leaves out are left out here too."""
    shapes = {name: shape for name, shape in signature.inputs.items() if name in given}
    strides = {
        axis.split("/")[0]: int(axis.split("/")[1])
        for shape in signature.outputs.values()
        for axis in shape.shape
        if isinstance(axis, str) and "/" in axis
    }
    return Axes(
        inputs={name: shape.letters for name, shape in shapes.items()},
        outputs={name: shape.letters for name, shape in signature.outputs.items()},
        acting=acting,
        indexes={name: shape.indexes for name, shape in shapes.items() if shape.indexes},
        strides=strides,
    )


def verdict(error: float, bias: Bias) -> Value:
    """Judge an error: rounding size holds, a clear violation lacks, anything between (or a NaN) decides nothing."""
    if error <= bias.tolerance:
        return "holds"
    return "lacks" if error >= VIOLATION else "unknown"
