"""Probe for additive shortcuts: something that was computed earlier is added to what deeper layers make of it.

Definition: the bias holds if, among the operations of one run on one example, there are a result s and a sum a + b of
two tensors of the same shape, such that one of these is true.

    a = s, as it is or in another layout; every path from s to b has a unit, which is not linear, and a matrix product.
    a = A s, linear, with one matrix of weights at most; every path from s to b has a unit and two products or more, and
    b depends on the inputs through s alone.

A matrix product is one with weights, or of two results, as in attention; one with a fixed filter is none. A part of a
tensor that is split is another result than the whole. So an interpolation h + z (c - h), as in a gated recurrent unit,
is none: h reaches what is added to it without a matrix product. Nor is W x + U h, where h depends on more than x. The
error is 0 or 1.

Source: He et al. 2016, eq. 1 and 2 (he2016deep).
"""

from collections.abc import Callable
from functools import reduce
from math import prod
from operator import and_, or_

import torch
from torch import Tensor, nn

from implementations.biases.jacobians import one_example
from implementations.biases.recording import Step, recorded
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if some sum has a shortcut, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    steps = recorded(module, one_example(inputs, axes), axes)
    return 0.0 if has_shortcut(steps) else Error(1.0, sums=sum(step.name in ("add", "sub") for step in steps))


def has_shortcut(steps: list[Step]) -> bool:
    """Return whether some sum has one. Sets of steps are kept as the bits of numbers."""
    reached = _sets(steps, lambda step, place: ("same",))
    through = _sets(steps, lambda step, place: ("same",), every=True)
    linear = _sets(steps, lambda step, place: ("same",) if step.linear else ())
    copied = _sets(steps, _copies)
    fixed = _sets(steps, lambda step, place: ("same",) if step.linear and not (step.part or step.learned) else ())
    projected = _sets(steps, _projects, before=fixed)
    without = _sets(steps, lambda step, place: () if _is_matrix(step) else ("same",))
    with_one = _sets(steps, lambda step, place: ("before",) if _is_matrix(step) else ("same",), before=without)
    for step in steps:
        for a, b in _summands(step, steps):
            deeper = reached[b] & ~linear[b]
            same = copied[a] & deeper & ~without[b]
            if projected[a] & through[b] & deeper & ~with_one[b]:
                return True
            if any(same >> source & 1 and prod(steps[source].shape) == prod(step.shape) for source in range(b)):
                return True
    return False


Passed = Callable[[Step, int], tuple[str, ...]]
"""What passes a step from one of its sources, given the place of that source: the set itself, or the one before it."""


def _sets(steps: list[Step], passed: Passed, before: list[int] | None = None, every: bool = False) -> list[int]:
    """Return for every step from which others it is reached by some path, or for `every` which are on all paths."""
    sets: list[int] = []
    for number, step in enumerate(steps):
        known = {"same": sets, "before": before or sets}
        arriving = [known[kind][source] for place, source in enumerate(step.sources) for kind in passed(step, place)]
        sets.append(reduce(and_ if every else or_, arriving) | 1 << number if arriving else 1 << number)
    return sets


def _copies(step: Step, place: int) -> tuple[str, ...]:
    """Pass what is only laid out in another way, or has something added to it."""
    return ("same",) if step.linear and not (step.part or step.learned or step.product or _turns(step, place)) else ()


def _projects(step: Step, place: int) -> tuple[str, ...]:
    """Pass what is linear, with a matrix once."""
    if not step.linear or step.part:
        return ()
    return ("before",) if _is_matrix(step) else ("same",)


def _is_matrix(step: Step) -> bool:
    """Tell whether an operation is a product with weights or of two results, and not with a fixed filter."""
    return step.product and (step.learned or not step.linear)


def _turns(step: Step, place: int) -> bool:
    """Tell whether an operation changes the sign of what it reads."""
    return step.name in ("neg", "rsub") or (step.name == "sub" and place == 1)


def _summands(step: Step, steps: list[Step]) -> list[tuple[int, int]]:
    """Return the two summands of a sum of vectors of the same shape, in both orders; none of another operation."""
    if step.name not in ("add", "sub") or len(step.sources) != 2 or prod(step.shape) < 2:
        return []
    a, b = step.sources
    if not steps[a].shape == steps[b].shape == step.shape:
        return []
    return [(a, b), (b, a)] if step.name == "add" else [(a, b)]


class Layers(nn.Module):
    """A layer of hyperbolic tangents and a linear one, with the input added to the result or concatenated with it."""

    def __init__(self, generator: torch.Generator, added: bool) -> None:
        super().__init__()
        self.added = added
        shapes = (4, 6), (6, 4), (4 if added else 8, 4)
        self.weights = nn.ParameterList(
            torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        first, second, last = self.weights
        y = torch.tanh(x @ first) @ second
        return (x + y if self.added else torch.cat([x, y], 1)) @ last


def _case(added: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Layers(generator, added), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a residual block."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a block that concatenates."""
    return _case(False, generator)
