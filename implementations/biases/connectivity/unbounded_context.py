"""Probe for unbounded context: some output depends on an input as far away as the axis allows.

Definition: for every number n of positions there are an output and an input at the largest distance on a ring of n,
n/2, of which the first depends on the second. It does where the derivative is not zero. The size of the derivative does
not count, because in a recurrent network it shrinks, or grows, exponentially with the distance. Inputs are ordinary,
large and small; the first that shows such a dependence decides. The error is the share of the distance that is out of
reach.

Source: Hochreiter & Schmidhuber 1997 (hochreiter1997lstm) on influence that decays with distance; Vaswani et al.
2017, Table 1 (vaswani2017attention) on path lengths; the lecture, S25.
"""

from itertools import product

import torch
from torch import Tensor, nn

from implementations.biases.connectivity.locality import reach
from implementations.biases.dependence import SCALES
from implementations.biases.resizing import sizes_taken
from implementations.biases.strides import stretched, too_coarse
from kb.probes import Axes, Error

SIZE = 64


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the share that is out of reach along the axis with the longest reach; NaN where a size is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting) or too_coarse(axes):
        return float("nan")
    missing = Error(1.0)
    for scale, letter in product(SCALES, axes.acting):
        size = stretched(SIZE, axes, letter)
        farthest = reach(module, axes, letter, size, generator, scale)
        out_of_reach = Error(1 - farthest.distance / (size // 2), axis=letter, size=size, **farthest.place)
        missing = min(missing, out_of_reach)
        if not missing:
            break
    return missing


class Memory(nn.Module):
    """Leaky sum of all inputs so far, or of the last three where `window`."""

    def __init__(self, window: bool) -> None:
        super().__init__()
        self.window = window

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T]` to `[B, T]`."""
        age = torch.arange(x.shape[1])[:, None] - torch.arange(x.shape[1])
        weights = torch.where(age < 0, 0.0, 0.5 ** age.abs().to(x.dtype))
        return torch.tanh(x @ (weights.where(age < 3, 0.0) if self.window else weights).T)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 8) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, generator=generator, dtype=torch.float64)}


def _case(window: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Memory(window)
    axes = Axes(inputs={"x": ("B", "T")}, outputs={"y": ("B", "T")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a memory that halves with every step and is never empty."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a memory of three steps."""
    return _case(True, generator)
