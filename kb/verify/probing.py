"""Running probes: every bias on every architecture whose signature has the axis that the bias acts on.

Of a variant of a published size a narrower network is measured, if what that shows is true of the variant too (see
`kb.inference.widening`), until a draw decides; else the variant itself, if it is small enough, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from torch import nn

from kb.base import Base
from kb.evidence import VIOLATION
from kb.evidence.jobs import CURVE
from kb.evidence.judging import deciding, value_of
from kb.inference.widening import passes
from kb.inference.wider import Wider
from kb.probes import Axes
from kb.schema import NARROWER, Architecture, Bias
from kb.schema.signature import Signature, extent
from kb.verify.preparing import drawing_by, example_inputs, prepare, rounded, seeded, to_float64
from kb.verify.widening import REFUSALS, Narrower, build, can_run, narrower

DRAWS = 3
SQUARE = 5_000
"""Most numbers in and out of a network, where a probe of features may take the derivatives of all by all."""
PARAMETERS = 1_000_000
"""Most parameters of a variant of a published size that is run itself."""


def measure_trait(base: Base, entry: Architecture, bias_id: str, variant: str) -> dict[str, Any]:
    """Run a probe on a few draws of weights and inputs of a variant."""
    bias, acting = base.biases[bias_id], base.acting(entry.id, bias_id, variant)
    if variant in entry.large_variants:
        narrow = narrower(base, entry, variant)
        return {"bias": bias_id, "variant": variant, **_of_published(entry, variant, bias, acting, narrow)}
    errors = [probe_once(entry, variant, bias, acting, draw) for draw in range(DRAWS)]
    return {"bias": bias_id, "variant": variant, **_found(errors, bias)}


def _of_published(
    entry: Architecture, variant: str, bias: Bias, acting: tuple[str, ...], narrow: Narrower
) -> dict[str, Any]:
    """Measure a narrower network, or the variant itself, or say why neither is of use."""
    wider, factor = Wider.of(narrow.measured), narrow.measured.factor
    reason = "no narrower network of the same modules can be run"
    if factor > 1:
        reason = f"a network {factor} times as narrow does not decide it"
        can_pass = any(passes(bias, value, wider) for value in ("holds", "lacks"))
        if can_pass and not ("feature" in bias.acts_on and narrow.square > SQUARE):
            place = f"{variant}{NARROWER}{factor}"
            make = partial(build, entry, narrow.arguments)
            with suppress(*REFUSALS):  # its examples may be too small for what the probe does
                found = [_until_decided(entry, place, bias, acting, each) for each in _apart(make, bias, narrow)]
                errors = min(found, key=lambda errors: deciding(errors, bias))
                value = value_of(deciding(errors, bias), bias)
                if bias.scope.of != "function" if value == "unknown" else passes(bias, value, wider):
                    return {**_found(errors, bias), "narrowed": factor}
    make = partial(build, entry, entry.all_variants[variant].arguments)
    if narrow.measured.parameters <= PARAMETERS and can_run(make(), PARAMETERS):
        return _found([probe_once(entry, variant, bias, acting, 0, make)], bias)
    return {"errors": [], "declined": f"{reason}, and {narrow.measured.parameters:,} parameters are too many to run"}


def _apart(make: Callable[[], nn.Module], bias: Bias, narrow: Narrower) -> list[Callable[[], nn.Module]]:
    """Return what makes a network; for shares of parameters several, each with those alone that have as many copies.

    A share of all is a mean of these shares, whatever the numbers of copies.
    """
    if not bias.metric or bias.scope.of == "function":
        return [make]

    def only(names: tuple[str, ...]) -> nn.Module:
        module = make()
        for name, parameter in module.named_parameters():
            parameter.requires_grad_(parameter.requires_grad and name in names)
        return module

    return [partial(only, names) for names in narrow.groups]


def _until_decided(
    entry: Architecture, place: str, bias: Bias, acting: tuple[str, ...], make: Callable[[], nn.Module]
) -> list[float]:
    """Return the errors of as many draws as are needed: one that meets or breaks an equation is enough, or one example.

    What speaks of modules and how they are connected is the same for every draw.
    """
    errors: list[float] = []
    for draw in range(DRAWS if bias.scope.of == "function" else 1):
        errors.append(probe_once(entry, place, bias, acting, draw, make))
        value = value_of(errors[-1], bias)
        if value == "holds" or (value == "lacks" and bias.scope.draws == "every"):
            break
    return errors


def _found(errors: list[float], bias: Bias) -> dict[str, Any]:
    """Return errors as they are recorded, with the draw that decides as a witness."""
    found: dict[str, Any] = {"errors": [rounded(error, 2) for error in errors]}
    draws = range(len(errors))
    worst = max(draws, key=lambda draw: -1.0 if math.isnan(errors[draw]) else errors[draw])
    best = min(draws, key=lambda draw: math.inf if math.isnan(errors[draw]) else errors[draw])
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


def probe_once(
    entry: Architecture,
    variant: str,
    bias: Bias,
    acting: tuple[str, ...],
    draw: int,
    make: Callable[[], nn.Module] | None = None,
) -> float:
    """Return the error of one draw; NaN where the module overflows, from which nothing can be concluded.

    A probe may return an `Error`, a number that also says where it was found; see `implementations.biases.comparing`.
    """
    try:
        error: float = _on_a_draw(bias.load(), entry, variant, bias, acting, draw, make)
        return error
    except FloatingPointError:
        return math.nan


def _on_a_draw(
    function: Callable[..., Any],
    entry: Architecture,
    variant: str,
    bias: Bias,
    acting: tuple[str, ...],
    draw: int,
    make: Callable[[], nn.Module] | None = None,
) -> Any:
    """Return what a probe, or its curve, finds for one draw of weights and inputs of a variant, or of what is made."""
    generator = seeded(entry.id, variant, bias.id, draw)
    with drawing_by(generator.initial_seed()):
        module = make() if make else entry.build(variant)
        prepare(module, generator)
        inputs = to_float64(example_inputs(module, generator))
        axes = axes_of(entry.signature_of(variant), acting, set(inputs))
        return function(module, inputs, axes, generator)


def axes_of(signature: Signature, acting: tuple[str, ...], given: set[str]) -> Axes:
    """Return a signature as probes see it; optional inputs that the example leaves out are left out here too."""
    shapes = {name: shape for name, shape in signature.inputs.items() if name in given}
    extents = [extent(axis) for shape in signature.outputs.values() for axis in shape.shape if isinstance(axis, str)]
    strides = {each.letter: each.stride for each in extents if each.stride > 1}
    return Axes(
        inputs={name: shape.letters for name, shape in shapes.items()},
        outputs={name: shape.letters for name, shape in signature.outputs.items()},
        acting=acting,
        indexes={name: shape.indexes for name, shape in shapes.items() if shape.indexes},
        strides=strides,
    )
