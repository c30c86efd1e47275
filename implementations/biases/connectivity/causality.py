"""Probe for causality: an output does not depend on later inputs.

Definition: if x and x' agree up to and including position t, so do f(x) and f(x'), for every t. All inputs with the
axis are replaced after t, or end there, since x and x' may differ in length; an output without it, such as a last
state, may depend on everything. No derivative is taken, so that symbols are probed like numbers.

Source: Bai, Kolter & Koltun 2018 (bai2018empirical) for the definition; Vaswani et al. 2017, sec. 3.2.3
(vaswani2017attention) for the mask that enforces it.
"""

from collections.abc import Mapping
from contextlib import suppress

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import piece, reorder, size_of
from implementations.biases.resizing import REFUSALS
from implementations.biases.situations import worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of an output when inputs after it are replaced.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    return worst(lambda given: _error(module, given, axes), module, inputs, axes, generator)


def _error(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> Error:
    """Return the error over all places after which some inputs are replaced or cut off."""
    before = run(module, inputs, axes)
    errors = []
    for letter in axes.acting:
        for last in range(size_of(letter, inputs, axes.inputs) - 1):
            kept = last // axes.strides.get(letter, 1) + 1
            past = _first(kept, letter, before, axes)
            after = run(module, _replace_after(last, letter, inputs, axes), axes)
            errors.append(relative_error(_first(kept, letter, after, axes), past).at(axis=letter, replaced_after=last))
            with suppress(*REFUSALS):  # a size that is refused says nothing
                after = run(module, piece(inputs, axes, letter, 0, last + 1), axes)
                error = relative_error(_first(kept, letter, after, axes), past)
                errors.append(error.at(axis=letter, cut_off_after=last))
    return max(errors)


def _first(kept: int, letter: str, outputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the first positions of all outputs that have the axis."""
    return {
        name: value.narrow(axes.outputs[name].index(letter), 0, kept)
        for name, value in outputs.items()
        if letter in axes.outputs[name]
    }


def _replace_after(last: int, letter: str, inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Replace the contents after position `last` by those one position earlier."""
    places = torch.arange(size_of(letter, inputs, axes.inputs))
    order = torch.where(places > last, places.roll(1), places)
    return reorder(inputs, axes.inputs, {letter: order})


class RunningMean(nn.Module):
    """Mean of all positions up to each, or of all positions where `both_ways`, normalised over features."""

    def __init__(self, both_ways: bool) -> None:
        super().__init__()
        self.both_ways = both_ways

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        weights = torch.ones(x.shape[1], x.shape[1], dtype=x.dtype)
        weights = weights if self.both_ways else weights.tril()
        means = weights / weights.sum(1, keepdim=True) @ x
        return nn.functional.layer_norm(x + means, x.shape[2:])


def _case(both_ways: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 6, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return RunningMean(both_ways), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mean over the past, followed by a layer normalisation."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mean over past and future."""
    return _case(True, generator)
