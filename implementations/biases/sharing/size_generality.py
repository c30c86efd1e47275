"""Probe of size generality: the same weights run on inputs of other sizes.

Source: Battaglia et al. 2018 (battaglia2018relational), on reusing functions over graphs of any size.

Method: draw inputs of other sizes along each acting axis and run the module. The error is the share of sizes that it
refuses, or for which its output is not finite.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import example

SIZES = (7, 12, 33)
REFUSALS = (RuntimeError, ValueError, IndexError)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the share of sizes that the module does not run on."""
    attempts = [_runs(module, letter, size, axes, generator) for letter in axes.acting for size in SIZES]
    return 1 - sum(attempts) / len(attempts)


def _runs(module: nn.Module, letter: str, size: int, axes: Axes, generator: Generator) -> bool:
    drawn = example(module, generator, **{letter: size})
    if drawn is None:
        return False  # the module has the size in its constructor
    try:
        outputs = axes.named_outputs(module(**drawn))
    except REFUSALS:
        return False
    return all(bool(torch.isfinite(value).all()) for value in outputs.values())


class Mixer(nn.Module):
    """A mean over positions, or a learned mixture whose matrix fixes their number."""

    def __init__(self, fixed: bool) -> None:
        super().__init__()
        self.mix = nn.Linear(6, 6) if fixed else None

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every position."""
        if self.mix is None:
            return torch.tanh(x - x.mean(1, keepdim=True))
        return self.mix(x.transpose(1, 2)).transpose(1, 2)

    def example_inputs(self, generator: Generator, *, T: int = 6) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(2, T, 3, generator=generator)}


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A layer without a matrix over positions."""
    return _case(Mixer(fixed=False), generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A layer with a matrix over positions."""
    return _case(Mixer(fixed=True), generator)


def _case(module: Mixer, generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module.double(), {"x": module.example_inputs(generator)["x"].double()}, axes
