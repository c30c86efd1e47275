"""Probe for long-range dependence: influence does not shrink exponentially with distance.

Definition: the influence I(n) over an axis of n positions is the largest derivative, in root mean square over inputs,
of an output by an input half the axis away, the largest distance on a ring of n. The bias holds if I(n) falls no faster
than some power of n. It is estimated by the root mean square over some such pairs. Three lengths are compared, each
four times the last: a power n^-k lowers the influence by 4^-k both times, whereas under an exponential decay the second
k is four times the first. So the second may exceed the first by MORE, and everything passes that falls more slowly than
n^-MORE. Where one batch comes near that line, more are drawn. Influence that is zero, as beyond the radius of a local
network, fails; influence that grows passes. Derivatives are taken by numbers; symbols such as words are replaced by
others. The error is 0 or 1.

Source: Hochreiter 1991 (hochreiter1991untersuchungen), Bengio, Simard & Frasconi 1994 (bengio1994learning) and Pascanu,
Mikolov & Bengio 2013 (pascanu2013difficulty), for the exponential decay in recurrent networks.
"""

import math
from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.influence import at_position, gradients_at, with_gradients
from implementations.biases.reordering import reorder, size_of
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

SIZES = (32, 128, 512)
MORE = 0.8  # by which the power may rise; attention over n positions has the power 1, and so has a mean
UNSURE = (0.4, 2.0)  # by which it may seem to rise by chance
BATCHES = 8
EXAMPLES = 4
POSITIONS = 5  # number of outputs, spread over the axis
NOTHING = 1e-12  # relative to the output: a change by rounding, where symbols are replaced


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if influence falls like a power along some acting axis, else 1; NaN where a size is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    return min(_decays(module, axes, letter, generator) for letter in axes.acting)


def _decays(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Error:
    """Return 1 if the power with which influence falls rises with the length, or there is none."""
    batches: list[list[float]] = []
    for _ in range(BATCHES):
        found = [influence(module, axes, letter, size, generator) for size in SIZES]
        if not all(found):
            return Error(1.0, axis=letter, size=SIZES[found.index(0.0)], found="no influence")
        batches.append(found)
        pooled = [math.hypot(*values) for values in zip(*batches, strict=True)]
        first, second = (math.log(near / far) / math.log(SIZES[1] / SIZES[0]) for near, far in pairwise(pooled))
        rise = second - max(0.0, first)
        if not UNSURE[0] < rise < UNSURE[1]:
            break
    return Error(float(rise > MORE), axis=letter, found=f"powers {first:.1f} and {second:.1f}")


def influence(module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator) -> float:
    """Return the influence of inputs on outputs half an axis of `size` away, in root mean square."""
    inputs = resized(module, axes, {"B": EXAMPLES, letter: size}, generator)
    outputs = size_of(letter, run(module, inputs, axes), axes.outputs)
    places = torch.linspace(0, outputs - 1, POSITIONS).long().tolist()  # both ends included
    pairs = [(p, (axes.strides.get(letter, 1) * p + size // 2) % size) for p in places]
    derivatives = _by_derivative(module, inputs, axes, letter, pairs, generator)
    found = [*derivatives, *_by_replacement(module, inputs, axes, letter, pairs)]
    largest = max(found)  # the squares of small numbers would be zero
    return largest and largest * math.hypot(*(value / largest for value in found)) / math.sqrt(len(found))


def _by_derivative(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    axes: Axes,
    letter: str,
    pairs: list[tuple[int, int]],
    generator: torch.Generator,
) -> list[float]:
    """Return the norm of the derivative of each output by its input, for all floating-point inputs with the axis."""
    numbers = {name: x for name, x in with_gradients(inputs, axes).items() if letter in axes.inputs[name]}
    if not numbers:
        return []
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    found = gradients_at(outputs, axes, letter, [output for output, _ in pairs], list(numbers.values()), generator)
    return [
        row.select(axes.inputs[name].index(letter), source).norm().item()
        for name, gradient in zip(numbers, found, strict=True)
        for row, (_, source) in zip(gradient, pairs, strict=True)
    ]


def _by_replacement(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str, pairs: list[tuple[int, int]]
) -> list[float]:
    """Return by how much each output changes, relative to its size, when the symbol at its input is another one."""
    symbols = {name: x for name, x in inputs.items() if not x.is_floating_point() and letter in axes.inputs[name]}
    before = run(module, inputs, axes)
    changes = []
    for output, source in pairs if symbols else []:
        order = torch.arange(size_of(letter, symbols, axes.inputs))
        order[source] = (source + 1) % len(order)
        after = run(module, {**inputs, **reorder(symbols, axes.inputs, {letter: order})}, axes)
        old, new = (torch.cat([x.flatten() for x in at_position(y, axes, letter, output)]) for y in (before, after))
        change = ((new - old).norm() / old.norm()).item()
        changes.append(change if change > NOTHING else 0.0)
    return changes


class Memory(nn.Module):
    """Sum of all inputs so far, of age a weighted with 1 / (1 + a), or with 0.9 ** a where `leaky`."""

    def __init__(self, leaky: bool) -> None:
        super().__init__()
        self.leaky = leaky

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T]` to `[B, T]`."""
        age = (torch.arange(x.shape[1])[:, None] - torch.arange(x.shape[1])).to(x.dtype)
        weights = 0.9 ** age.abs() if self.leaky else 1 / (1 + age.abs())
        return torch.tanh(x @ weights.where(age >= 0, 0.0).T)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 8) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, generator=generator, dtype=torch.float64)}


def _case(leaky: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Memory(leaky)
    axes = Axes(inputs={"x": ("B", "T")}, outputs={"y": ("B", "T")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a memory that fades like one over the age."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a memory that loses a tenth with every step, and is never empty."""
    return _case(True, generator)
