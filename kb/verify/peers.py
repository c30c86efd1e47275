"""The one runner for peers: same weights, same inputs, outputs and all gradients compared in float64.

A peer is given as a differentiable function of *our* weights, so the gradient of every weight can be compared without a
line of code for the particular peer: whatever transposes, splits and concatenations the translation makes are
differentiated through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from kb.base import Base
from kb.evidence.judging import largest
from kb.schema import Architecture, Concept
from kb.verify.preparing import flatten, prepare, rounded, seeded, to_float64

DRAWS = 2
GRADIENT_FLOOR = 1e-4
"""Gradients that cancel exactly (a key's bias under softmax) are pure rounding; they are compared relative to this
share of the largest gradient instead of relative to themselves."""

Theirs = Callable[..., Tensor | tuple[Tensor, ...]]


def measure_peer(base: Base, entry: Architecture | Concept) -> dict[str, Any]:
    """Run the `pair` function of an entry, `pair(generator) -> (ours, theirs, inputs)`, and compare its two sides."""
    assert entry.peer is not None
    pair = base.code.load(entry.peer)
    outputs, gradients, compared = [], [], 0
    for draw in range(DRAWS):
        generator = seeded(entry.peer, draw)
        ours, theirs, inputs = pair(generator)
        prepare(ours, generator)
        differences = compare(ours, theirs, to_float64(inputs), generator)
        outputs.append(rounded(differences["outputs"]))
        gradients.append(rounded(differences["gradients"]))
        compared = int(differences["compared"])
    return {"outputs": outputs, "gradients": gradients, "compared": compared}


def compare(
    ours: torch.nn.Module, theirs: Theirs, inputs: Mapping[str, Tensor], generator: torch.Generator
) -> dict[str, float]:
    """Return the largest relative difference of outputs and of gradients, and how many tensors were compared."""
    weights = {name: value.detach().clone() for name, value in ours.state_dict().items()}
    trained = {name for name, _ in ours.named_parameters()}
    variables = {f"weight {name}": weights[name] for name in trained}
    inputs = {name: value.detach().clone() for name, value in inputs.items()}
    variables |= {f"input {name}": value for name, value in inputs.items() if value.is_floating_point()}
    for value in variables.values():
        value.requires_grad_()

    left = flatten(torch.func.functional_call(ours, weights, kwargs=dict(inputs)))
    right = flatten(theirs(weights, **inputs))
    if [value.shape for value in left] != [value.shape for value in right]:
        shapes = [[tuple(value.shape) for value in side] for side in (left, right)]
        raise ValueError(f"the peer returns other shapes: ours {shapes[0]}, theirs {shapes[1]}")
    difference = largest(_relative(a, b, float(b.detach().abs().max())) for a, b in zip(left, right, strict=True))

    projections = [torch.randn(value.shape, generator=generator, dtype=torch.float64) for value in left]
    ours_gradients = _gradients(left, projections, variables)
    theirs_gradients = _gradients(right, projections, variables)
    if ours_gradients.keys() != theirs_gradients.keys():
        raise ValueError("only one of the two sides can be differentiated")
    floor = GRADIENT_FLOOR * max((float(value.abs().max()) for value in theirs_gradients.values()), default=0.0)
    differences = [
        _relative(ours_gradients[name], theirs_one, max(float(theirs_one.abs().max()), floor))
        for name, theirs_one in theirs_gradients.items()
    ]
    compared = len(left) + len(ours_gradients)
    return {"outputs": difference, "gradients": largest([0.0, *differences]), "compared": compared}


def _gradients(
    outputs: tuple[Tensor, ...], projections: list[Tensor], variables: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Gradients of a random projection of the outputs (never of their sum, which a normalisation makes constant)."""
    terms = [(value * weight).sum() for value, weight in zip(outputs, projections, strict=True) if value.requires_grad]
    if not terms or not variables:
        return {}
    total: Any = sum(terms)
    found = torch.autograd.grad(total, list(variables.values()), allow_unused=True)
    pairs = zip(variables.items(), found, strict=True)
    return {name: torch.zeros_like(value) if gradient is None else gradient for (name, value), gradient in pairs}


def _relative(ours: Tensor, theirs: Tensor, scale: float) -> float:
    difference = float((ours - theirs).detach().abs().max()) if ours.numel() else 0.0
    return difference if scale == 0.0 else difference / scale
