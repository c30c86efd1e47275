"""Zeros: inputs at which something inside a module is zero that the module divides by, or takes a root or logarithm of.

A vector divided by its length jumps where it is zero. Random inputs do not come near such a point, since it takes as
many coincidences as the vector has numbers. But the record for gradients holds every operation, with its argument and
with the derivative of the argument, so that Newton's method finds the point.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.graph import GradientEdge, Node

from implementations.biases.points import Function, Points, norms

STEPS, HALVED_BY = 10, 4
LONGEST = 1.0  # step, relative to the length of the inputs
ZERO = 1e-9
MOST = 8  # searches
LENGTH = "LinalgVectorNormBackward0"
ARGUMENTS = {
    LENGTH: 0,
    "DivBackward0": 1,
    "LogBackward0": 0,
    "PowBackward0": 0,
    "SqrtBackward0": 0,
}
"""Operations in the record for gradients that have an infinite slope at zero: which argument is meant."""


class Argument(NamedTuple):
    """An argument of an operation: where its gradient enters the record, the places of its vectors, and its value."""

    edge: GradientEdge
    places: Int[Tensor, "vectors numbers"]
    value: Tensor


def zeros(function: Function, generator: torch.Generator) -> Iterator[Points]:
    """Yield points at which an argument of such an operation is zero, for some of the operations."""
    size = torch.ones(1, dtype=torch.float64)
    operations = _operations(function(_tracked(function.random(size, generator))))
    order = torch.randperm(len(operations), generator=generator).tolist()
    order.sort(key=lambda which: operations[which].name() != LENGTH)  # segments cross the zeros of single numbers
    for which in order[:MOST]:
        found = _newton(function, function.random(size, generator), which, generator)
        if found is not None:
            yield found


def _newton(function: Function, start: Points, which: int, generator: torch.Generator) -> Points | None:
    """Return a point near the start where one vector of an argument is zero, if Newton's method finds one."""
    share, points = float(torch.rand(1, generator=generator)), start
    first = 0.0
    for step_number in range(STEPS):
        points = _tracked(points)
        operations = _operations(function(points))
        if which >= len(operations):  # another input, another record
            return None
        argument = _argument(operations[which])
        places = argument.places[int(share * len(argument.places))]
        value = argument.value.flatten()[places]
        first = first or value.norm().item()
        if step_number == HALVED_BY and value.norm() > first / 2:  # as for a sum of squares and a constant
            return None
        if value.norm() <= ZERO:
            return {name: x.detach() for name, x in points.items()}
        slope = _slope(argument, places, list(points.values()))
        if not slope.isfinite().all() or not slope.any():
            return None
        step = -torch.linalg.lstsq(slope, value[:, None], driver="gelsd").solution[:, 0]
        step = step * (LONGEST * norms(points) / step.norm()).clamp(max=1.0)
        moves = step.split([x.numel() for x in points.values()])
        points = {name: x.detach() + move.view_as(x) for (name, x), move in zip(points.items(), moves, strict=True)}
    return None


def _slope(argument: Argument, places: Tensor, points: list[Tensor]) -> Float[Tensor, "numbers coordinates"]:
    """Return the derivative of some numbers of an argument by all coordinates of a point."""
    directions = torch.zeros(len(places), argument.value.numel(), dtype=argument.value.dtype)
    directions[torch.arange(len(places)), places] = 1.0
    found = torch.autograd.grad(
        [argument.edge],
        points,
        [directions.view(-1, *argument.value.shape)],
        is_grads_batched=True,
        allow_unused=True,
    )
    return torch.cat(
        [
            x.new_zeros(len(places), x.numel()) if gradient is None else gradient.flatten(1)
            for x, gradient in zip(points, found, strict=True)
        ],
        1,
    )


def _tracked(points: Points) -> Points:
    return {name: x.detach().requires_grad_() for name, x in points.items()}


def _operations(outputs: Tensor) -> list[Node]:
    """Return the divisions, roots and logarithms in the record for gradients."""
    found: list[Node] = []
    seen: set[Node] = set()
    waiting = [outputs.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        waiting += [following for following, _ in node.next_functions]
        if node.name() in ARGUMENTS and node.next_functions[ARGUMENTS[node.name()]][0] is not None:
            found.append(node)
    return found


def _argument(node: Any) -> Argument:
    """Return the argument of an operation; a root keeps its result only."""
    edge = GradientEdge(*node.next_functions[ARGUMENTS[node.name()]])
    if node.name() == "SqrtBackward0":
        value = node._saved_result.square()
    else:
        value = node._saved_other if node.name() == "DivBackward0" else node._saved_self
    places = torch.arange(value.numel()).view(value.shape)
    if node.name() != LENGTH:
        return Argument(edge, places.view(-1, 1), value.detach())
    dims = [dim - 2**64 if dim >= 2**63 else dim for dim in node._saved_dim or range(value.dim())]
    last = places.movedim(dims, list(range(-len(dims), 0)))
    return Argument(edge, last.reshape(-1, math.prod(last.shape[-len(dims) :])), value.detach())
