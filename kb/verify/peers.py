"""The one runner for peers: same weights, same inputs, outputs, all gradients and all buffers compared in float64.

The file of a peer has a function `peer`, which takes those constructor arguments of ours that it needs, and returns
`theirs(weights, **inputs)`: the outputs as a differentiable function of *our* weights. So the gradient of every weight
can be compared without a line of code for the particular peer: whatever transposes, splits and concatenations the
translation makes are differentiated through. The peer of a sub-network is a function of its name, `encoder` or
`denoiser`, beside it or in its place; it takes the constructor arguments of the whole, and gets the weights and the
inputs that the sub-network has there.

Both are compared in evaluation and in training mode, where nothing is dropped. A peer of what trains otherwise than it
evaluates takes `training` too, and changes the buffers among the weights in place, as torch's own modules do. A peer
that cannot express some arguments raises `NotImplementedError` with the reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from kb.base import Base
from kb.evidence import Comparison, peer_cases
from kb.evidence.judging import largest
from kb.schema import Architecture, Concept
from kb.subnetworks import SubNetwork, shown
from kb.verify.preparing import (
    drawing_by,
    example_inputs,
    flatten,
    other_sizes,
    prepare,
    rounded,
    seeded,
    to_float64,
    without_dropout,
)

DRAWS = 2
"""The inputs of the first have the sizes of the example, those of the second are larger."""
GRADIENT_FLOOR = 1e-4
"""Gradients that cancel exactly (a key's bias under softmax) are pure rounding; they are compared relative to this
share of the largest gradient instead of relative to themselves."""

Theirs = Callable[..., Tensor | tuple[Tensor, ...]]
"""A peer as a function of our weights by name and of the inputs."""


@dataclass(frozen=True)
class Differences:
    """The largest relative differences between the two sides, and how many tensors were compared."""

    outputs: float
    gradients: float
    buffers: float
    compared: int


def measure_peer(base: Base, entry: Architecture | Concept, case: str) -> dict[str, Any]:
    """Compare an entry with its peer in one case: in both modes, on draws with inputs of different sizes."""
    compared = peer_cases(entry, base.syntax)[case]
    found: dict[str, Any] = {"case": case, "compared": 0}
    for draw in range(DRAWS):
        generator = seeded(compared.peer, case, draw)
        with drawing_by(generator.initial_seed()):
            try:
                ours, theirs = paired(base, entry, compared)
            except NotImplementedError as reason:
                return {"case": case, "declined": str(reason)}
        without_dropout(prepare(ours, generator))
        sizes = (other_sizes(ours) if draw else {}) | _letters(compared.arguments)
        inputs = to_float64(example_inputs(ours, generator, **sizes))
        for prefix, training in (("", False), ("training_", True)):
            differences = compare(shown(ours.train(training)), theirs, inputs, generator)
            found.setdefault(f"{prefix}outputs", []).append(rounded(differences.outputs))
            found.setdefault(f"{prefix}gradients", []).append(rounded(differences.gradients))
            if training:
                found.setdefault("training_buffers", []).append(rounded(differences.buffers))
            found["compared"] += differences.compared
    return found


def paired(base: Base, entry: Architecture | Concept, compared: Comparison) -> tuple[nn.Module, Theirs]:
    """Return an implementation, or a sub-network of it, and its peer, which gets the arguments that it asks for.

    Raises:
        NotImplementedError: The peer cannot express them.
        ValueError: There is no implementation, or the peer asks for what is no argument of it.
    """
    if entry.implementation is None:
        raise ValueError("there is no `implementation` to compare with the peer")
    build = base.code.load(entry.implementation)
    letters = _letters(compared.arguments)
    given = {name: value for name, value in compared.arguments.items() if name not in letters}
    known = {name: parameter.default for name, parameter in inspect.signature(build).parameters.items()} | given
    peer = base.code.load(compared.peer)
    parameters = inspect.signature(peer).parameters
    unknown = sorted(parameters.keys() - known.keys())
    if unknown:
        raise ValueError(f"the peer asks for {', '.join(unknown)}; the arguments of ours are {', '.join(known)}")
    ours = build(**given)
    ours = SubNetwork(ours, compared.network) if compared.network else ours
    return ours, peer(**{name: known[name] for name in parameters})


def _letters(arguments: Mapping[str, Any]) -> dict[str, int]:
    """Return those of a case's arguments that are sizes of inputs: they have a capital letter for a name."""
    return {name: value for name, value in arguments.items() if name.isupper()}


def compare(ours: nn.Module, theirs: Theirs, inputs: Mapping[str, Tensor], generator: torch.Generator) -> Differences:
    """Return how two sides differ, in the mode that ours is in.

    Raises:
        ValueError: The outputs have other shapes, or only one side can be differentiated.
    """
    weights = {name: value.detach().clone() for name, value in ours.state_dict().items()}
    trained = {name for name, _ in ours.named_parameters()}
    variables = {f"weight {name}": weights[name] for name in trained}
    inputs = {name: value.detach().clone() for name, value in inputs.items()}
    variables |= {f"input {name}": value for name, value in inputs.items() if value.is_floating_point()}
    for value in variables.values():
        value.requires_grad_()
    buffers = {name: value.clone() for name, value in weights.items() if name not in trained}
    shared = {name: buffers.get(name, value) for name, value in weights.items()}  # except buffers, which both change

    left = flatten(torch.func.functional_call(ours, weights, kwargs=dict(inputs)))
    mode = {"training": ours.training} if "training" in inspect.signature(theirs).parameters else {}
    right = flatten(theirs(shared, **inputs, **mode))
    if [value.shape for value in left] != [value.shape for value in right]:
        shapes = [[tuple(value.shape) for value in side] for side in (left, right)]
        raise ValueError(f"the peer returns other shapes: ours {shapes[0]}, theirs {shapes[1]}")
    projections = [torch.randn(value.shape, generator=generator, dtype=torch.float64) for value in left]
    ours_gradients = _gradients(left, projections, variables)
    theirs_gradients = _gradients(right, projections, variables)
    if ours_gradients.keys() != theirs_gradients.keys():
        raise ValueError("only one of the two sides can be differentiated")
    floor = GRADIENT_FLOOR * max((float(value.abs().max()) for value in theirs_gradients.values()), default=0.0)
    differences = (
        _relative(ours_gradients[name], theirs_one, max(float(theirs_one.abs().max()), floor))
        for name, theirs_one in theirs_gradients.items()
    )
    return Differences(
        outputs=largest(_relative(a, b, float(b.detach().abs().max())) for a, b in zip(left, right, strict=True)),
        gradients=largest([0.0, *differences]),
        buffers=largest([0.0, *(_relative(weights[name], b, float(b.abs().max())) for name, b in buffers.items())]),
        compared=len(left) + len(ours_gradients) + len(buffers),
    )


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
