"""Probe for the capacity to count: with some weights, a number grows in proportion to how often an input was repeated.

Definition: x^n is the input x repeated n times along a sequence. The bias holds if for some weights and some x a number
v among the outputs at the last position, or the states that are returned, has v(x^n) = a n + b with a != 0 for all n
from some n on, so that the count can be read off it. With squashed states or gates that share one unit of weight
between old and new, every number stays in a fixed interval, and cannot.

Some weights are tried: those that are drawn; large biases of either sign, which open or shut gates to the last digit;
and square matrices replaced by the identity, with everything else small and positive, so that rectified units are on.
Numbers after 64, 128 and 256 repetitions are compared: the second difference must be twice the first to 1e-6, and the
growth per step above 1e-9. The error is 0 or 1. A growth that is linear up to 256 steps and not beyond would pass.

Source: Weiss, Goldberg & Yahav 2018 (weiss2018practical), for units that count in some recurrent networks only.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from implementations.biases.resizing import resized, sizes_taken
from implementations.biases.reweighting import Reweighted, weights_of
from kb.probes import Axes, Error

Weights = dict[str, Tensor]

REPETITIONS = (64, 128, 256)
BIASES = (40.0, -40.0)  # beyond 37, a logistic sigmoid is 0 or 1 to the last digit
SMALL = 0.01
PROPORTION = 1e-6  # relative difference of the growths over equal numbers of steps
LEAST = 1e-9  # growth per step that is none


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if weights are found with which a number counts repetitions, else 1; NaN where the length is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    for letter in axes.acting:
        longest = resized(module, axes, {"B": 2, letter: REPETITIONS[-1]}, generator)
        constant = {name: _constant(value, axes.inputs[name], letter) for name, value in longest.items()}
        for name, weights in _settings(module):
            if _counts(Reweighted(module, weights), constant, axes, letter):
                return Error(0.0, axis=letter, weights=name)
    return Error(1.0)


def _constant(value: Tensor, letters: tuple[str, ...], letter: str) -> Tensor:
    """Return an input whose first position is repeated, with positive numbers."""
    value = value.abs() if value.is_floating_point() else value
    for dim in (dim for dim, own in enumerate(letters) if own == letter):
        value = value.narrow(dim, 0, 1).expand_as(value)
    return value


def _settings(module: nn.Module) -> Iterator[tuple[str, Weights]]:
    """Yield the weights that are tried, and what they are."""
    drawn = weights_of(module)
    yield "as drawn", drawn
    for shift in BIASES:
        yield f"biases {shift:+g}", {name: x + shift if x.ndim == 1 else x for name, x in drawn.items()}
    yield (
        "square matrices identity",
        {
            name: torch.eye(len(x), dtype=x.dtype) if x.ndim == 2 and len(x) == x.shape[1] else SMALL * x.abs()
            for name, x in drawn.items()
        },
    )


def _counts(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str) -> bool:
    """Return whether some number grows by equal amounts over equal numbers of repetitions."""
    with torch.no_grad():
        few, some, many = (_last(module, inputs, axes, letter, size) for size in REPETITIONS)
    first, second = some - few, many - some
    steps = REPETITIONS[2] - REPETITIONS[1]
    grows = second.isfinite() & (second.abs() > LEAST * steps)
    return bool((grows & ((second - 2 * first).abs() <= PROPORTION * second.abs())).any())


def _last(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str, size: int) -> Tensor:
    """Return all numbers at the last position after so many repetitions, and those that have no position."""
    shorter = {
        name: value.narrow(axes.inputs[name].index(letter), 0, size) if letter in axes.inputs[name] else value
        for name, value in inputs.items()
    }
    outputs = axes.named_outputs(module(**shorter))
    found = [
        value.select(axes.outputs[name].index(letter), -1) if letter in axes.outputs[name] else value
        for name, value in outputs.items()
    ]
    return torch.cat([value.double().flatten() for value in found])


class Accumulator(nn.Module):
    """A running sum of gated inputs, or a running mean in which old and new share one unit of weight."""

    def __init__(self, generator: torch.Generator, mean: bool) -> None:
        super().__init__()
        self.mean = mean
        self.weight = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64))
        self.bias = nn.Parameter(torch.randn(3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        h, states = torch.zeros_like(x[:, 0]), []
        for step in x.unbind(1):
            keep, new = torch.sigmoid(step @ self.weight + self.bias), torch.tanh(step + self.bias)
            h = keep * h + ((1 - keep) * new if self.mean else new)
            states.append(h)
        return torch.stack(states, 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 8) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(mean: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Accumulator(generator, mean)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a gated sum, which counts where its gate is open."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a gated mean, which stays in an interval whatever its gate does."""
    return _case(True, generator)
