"""Probe for size generality: the same parameters serve inputs of any size.

Definition: with the parameters it has, the module runs on other numbers of positions, nodes or stored examples, and
every output with that axis has the size that the input has, or that divided by the stride, without what borders take:
as many positions are missing at every size, except for what is rounded by strides. One less, one more and twice as many
are tried. The error is 1 where a size is refused, or fixed by the constructor.

Source: Battaglia et al. 2018 (battaglia2018relational) for graphs; Long et al. 2015 (long2015fully) for images.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.reordering import size_of
from implementations.biases.resizing import REFUSALS, resized, sizes_taken
from kb.probes import Axes, Error

ROUNDED = 2.5  # positions of an output with a stride by which what is missing may differ


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if every size that is tried runs, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    for letter in axes.acting:
        size = size_of(letter, inputs, axes.inputs)
        missing = _missing(run(module, inputs, axes), axes, letter, size)
        for other in (max(1, size - 1), size + 1, 2 * size):
            if letter not in sizes_taken(module) or not _runs(module, axes, letter, other, missing, generator):
                return Error(1.0, axis=letter, size=other)
    return 0.0


def _runs(
    module: nn.Module, axes: Axes, letter: str, size: int, missing: list[float], generator: torch.Generator
) -> bool:
    """Return whether a size is taken, and as many positions are missing from the outputs as at another size."""
    try:
        outputs = run(module, resized(module, axes, {letter: size}, generator), axes)
    except REFUSALS:
        return False
    most = ROUNDED if axes.strides.get(letter, 1) > 1 else 0
    found = _missing(outputs, axes, letter, size)
    return all(abs(now - before) <= most for now, before in zip(found, missing, strict=True))


def _missing(outputs: Mapping[str, Tensor], axes: Axes, letter: str, size: int) -> list[float]:
    """Return how many positions each output has less than the input, or than that divided by the stride."""
    whole = size / axes.strides.get(letter, 1)
    return [whole - outputs[name].shape[at.index(letter)] for name, at in axes.outputs.items() if letter in at]


class ReadOut(nn.Module):
    """Linear read-out of the mean of a signal, or of all its positions concatenated."""

    def __init__(self, generator: torch.Generator, flat: bool) -> None:
        super().__init__()
        self.flat = flat
        self.weight = nn.Parameter(torch.randn(2 * (8 if flat else 1), 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, L]` to `[B, K]`."""
        return (x.flatten(1) if self.flat else x.mean(2)) @ self.weight

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 8) -> dict[str, Tensor]:
        """Return random signals."""
        return {"x": torch.randn(B, 2, L, generator=generator, dtype=torch.float64)}


def _case(flat: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = ReadOut(generator, flat)
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": ("B", "K")}, acting=("L",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a read-out of the mean."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a read-out with one weight for each position."""
    return _case(True, generator)
