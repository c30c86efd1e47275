"""Interacting: whether positions contribute to the outputs of a module separately, once its units are stripped."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import finite, run
from implementations.biases.reordering import size_of
from implementations.biases.stripping import Choices, WithoutNormalisations, WithoutUnits
from kb.probes import Axes, Error


def interaction(
    module: nn.Module,
    a: Mapping[str, Tensor],
    b: Mapping[str, Tensor],
    axes: Axes,
    letter: str,
    generator: torch.Generator,
) -> Error:
    """Return how far the outputs are from a sum of separate contributions, relative to the change from `a` to `b`.

    Half of the positions along `letter`, chosen at random, exchange their contents. Contributions add up if and only if
    f(a_Q, a_R) + f(b_Q, b_R) = f(a_Q, b_R) + f(b_Q, a_R). Inputs without the axis, and those that point into it, are
    those of `a`.
    """
    size = size_of(letter, a, axes.inputs)
    chosen = torch.randperm(size, generator=generator) < (size + 1) // 2
    exchanged = [name for name in a if letter in axes.inputs[name] and name not in axes.indexes]
    results = []
    for inside, outside in ((a, a), (b, b), (a, b), (b, a)):
        mixed = {name: _mixed(inside[name], outside[name], axes.inputs[name], letter, chosen) for name in exchanged}
        results.append(stripped(module, {**a, **mixed}, axes, exchanged))
    whole, other, one, two = (torch.cat([y.flatten() for y in result.values()]) for result in results)
    spread = (whole - other).abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    error = ((whole + other - one - two).abs().max() / spread).item()
    return Error(error, axis=letter, exchanged=chosen.nonzero().flatten().tolist())


def stripped(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, followed: list[str], between: bool = False
) -> dict[str, Tensor]:
    """Return the outputs of the module without the units that act on what comes from the named inputs.

    Of a softmax at the output, which is a normalisation over classes, the scores are returned.

    Args:
        module: The module.
        inputs: Its inputs.
        axes: Their axes.
        followed: The names of inputs.
        between: Whether units stay that act on what comes from two places, as from both ends of an edge.
    """
    with Choices() as choices:
        run(module, inputs, axes)
    units = WithoutUnits([inputs[name] for name in followed], choices.made, between)
    with torch.no_grad(), WithoutNormalisations(), units:
        outputs = axes.named_outputs(module(**inputs))
    return finite({name: units.scores(value) for name, value in outputs.items()}, module)


def _mixed(inside: Tensor, outside: Tensor, letters: tuple[str, ...], letter: str, chosen: Tensor) -> Tensor:
    """Return the chosen positions of one tensor and the others of another."""
    shape = [-1 if here == letter else 1 for here in letters]
    return torch.where(chosen.reshape(shape), inside, outside)
