"""Running probes: every bias on every architecture whose signature has the axis that the bias acts on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from kb.base import Base
from kb.evidence import VIOLATION
from kb.evidence.jobs import CURVE
from kb.probes import Axes
from kb.schema import Architecture, Bias
from kb.schema.signature import Signature
from kb.verify.preparing import example_inputs, prepare, rounded, seeded, to_float64

DRAWS = 3


def measure_trait(base: Base, entry: Architecture, bias_id: str, variant: str) -> dict[str, Any]:
    """Run a probe on a few draws of weights and inputs of a variant."""
    bias, acting = base.biases[bias_id], base.acting(entry.id, bias_id, variant)
    errors = [probe_once(entry, variant, bias, acting, draw) for draw in range(DRAWS)]
    found: dict[str, Any] = {"bias": bias_id, "variant": variant, "errors": [rounded(error, 2) for error in errors]}
    worst = max(range(DRAWS), key=lambda draw: -1.0 if math.isnan(errors[draw]) else errors[draw])
    best = min(range(DRAWS), key=lambda draw: math.inf if math.isnan(errors[draw]) else errors[draw])
    if bias.scope.draws == "one" and errors[best] <= bias.tolerance:
        place = getattr(errors[best], "place", {})
        found |= {"witness": {"draw": best, **place}} if place else {}
    elif errors[worst] >= VIOLATION:
        found["witness"] = {"draw": worst, **getattr(errors[worst], "place", {})}
    return found


def measure_curve(base: Base, entry: Architecture, bias_id: str, variant: str) -> dict[str, Any]:
    """Run the curves of a probe on one draw of weights and inputs of a variant."""
    bias, acting = base.biases[bias_id], base.acting(entry.id, bias_id, variant)
    found = _on_a_draw(bias.code.load(bias.beside("biases", CURVE)), entry, variant, bias, acting, 0)
    curves = [
        {"what": what, "sizes": sizes, "errors": [rounded(error, 2) for error in errors]}
        for what, sizes, errors in found
    ]
    return {"bias": bias_id, "variant": variant, "curves": curves}


def probe_once(entry: Architecture, variant: str, bias: Bias, acting: tuple[str, ...], draw: int) -> float:
    """Return the error of one draw; NaN where the module overflows, from which nothing can be concluded.

    A probe may return an `Error`, a number that also says where it was found; see `implementations.biases.comparing`.
    """
    try:
        error: float = _on_a_draw(bias.load(), entry, variant, bias, acting, draw)
        return error
    except FloatingPointError:
        return math.nan


def _on_a_draw(
    function: Callable[..., Any], entry: Architecture, variant: str, bias: Bias, acting: tuple[str, ...], draw: int
) -> Any:
    """Return what a probe, or its curve, finds for one draw of weights and inputs."""
    generator = seeded(entry.id, variant, bias.id, draw)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(generator.initial_seed())
        module = entry.build(variant)
        prepare(module, generator)
        inputs = to_float64(example_inputs(module, generator))
        axes = axes_of(entry.signature_of(variant), acting, set(inputs))
        return function(module, inputs, axes, generator)


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
