"""Probe for time translation equivariance: the same events a while later get the same outputs a while later.

Definition: let c^k be an element c repeated k times. A sequence x between c^(k+s) and c^(2k-s) gets the same outputs
there as between c^k and c^2k, once k is so large that the beginning no longer matters, for every s from 0 to k. All
inputs have the same length, so that the only difference is the place of x. The larger difference of s = 1 and s = k
must vanish as k grows: it counts as vanishing where, on average over two values of k, it is at most half as large as
over two that are six times smaller. Numbers are made small first, so that the weights of attention are not so unequal
that many more elements would be needed.

A module that never forgets can be given the state instead: if cutting the sequence anywhere, and running the rest from
the state, changes nothing, then time enters through the state only. Either way is enough.

Source: Battaglia et al. 2018 (battaglia2018relational), on the recurrent layers among standard building blocks.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import reorder, size_of
from implementations.biases.resizing import REFUSALS
from implementations.biases.sharing.recurrence_over_time import probe as error_of_cuts
from kb.probes import Axes, Error

FEW, MANY = (32, 48), (224, 256)
VANISHING = 0.5
SMALL = 0.1


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the relative difference between the outputs at two places, 0 if it vanishes; 1 if a length is refused.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    moved = max(_difference_in_the_end(module, inputs, axes, letter) for letter in axes.acting)
    return moved if moved == 0 else min(moved, error_of_cuts(module, inputs, axes, generator))


def _difference_in_the_end(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str) -> Error:
    """Return the difference with much around the sequence, 0 if it has become so much smaller as to vanish."""
    small = {name: SMALL * value if value.is_floating_point() else value for name, value in inputs.items()}
    try:
        few, many = ([_difference(module, small, axes, letter, count) for count in counts] for counts in (FEW, MANY))
    except REFUSALS:
        return Error(1.0, axis=letter, refused=3 * MANY[-1])
    return Error(0.0) if sum(many) <= VANISHING * sum(few) else max(many)


def _difference(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str, count: int) -> Error:
    """Return the largest difference between the outputs of a sequence after `count` elements and some time later."""
    early = _outputs_of_middle(module, inputs, axes, letter, count, 2 * count)
    errors = []
    for steps in (1, count):
        late = _outputs_of_middle(module, inputs, axes, letter, count + steps, 2 * count - steps)
        errors.append(relative_error(late, early).at(axis=letter, before=count, later=steps))
    return max(errors)


def _outputs_of_middle(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, letter: str, before: int, after: int
) -> dict[str, Tensor]:
    """Return the outputs at a sequence that has its own first element repeated before and after it."""
    size = size_of(letter, inputs, axes.inputs)
    order = torch.cat([torch.zeros(before), torch.arange(size), torch.zeros(after)]).long()
    outputs = run(module, reorder(inputs, axes.inputs, {letter: order}), axes)
    return {
        name: outputs[name].narrow(letters.index(letter), before, size)
        for name, letters in axes.outputs.items()
        if letter in letters
    }


class Decaying(nn.Module):
    """A decaying sum of the past with a fixed filter; or one whose inputs also have a code of their position."""

    def __init__(self, generator: torch.Generator, coded: bool) -> None:
        super().__init__()
        self.coded = coded
        self.weight = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        places = torch.arange(x.shape[1], dtype=x.dtype)
        if self.coded:
            x = x + torch.sin(places / 3)[:, None]
        age = places[:, None] - places
        return (0.5 ** age.clamp(min=0) * (age >= 0)) @ torch.tanh(x @ self.weight)


def _case(coded: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return Decaying(generator, coded), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a causal filter, whose weights depend on the age of an input only."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same filter after a sinusoidal code has been added to its inputs."""
    return _case(True, generator)
