"""Probe of affine dependence: the output of a midpoint is the midpoint of the outputs.

Source: the lecture's L79-L80: a linear model represents linear functions and has linear decision boundaries.

Method: draw two sets of float inputs and compare the output at their mean with the mean of their outputs. A continuous
function for which these agree everywhere is affine.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import difference, outputs_of

DRAWS = 4


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest relative gap between the two."""
    worst = 0.0
    for _ in range(DRAWS):
        ends = [
            {
                name: 2 * torch.randn(value.shape, generator=generator, dtype=value.dtype)
                if value.is_floating_point()
                else value
                for name, value in inputs.items()
            }
            for _ in range(2)
        ]
        middle = {
            name: (value + ends[1][name]) / 2 if value.is_floating_point() else value for name, value in ends[0].items()
        }
        left, right = (outputs_of(module, end, axes) for end in ends)
        mean = {name: (value + right[name]) / 2 for name, value in left.items()}
        worst = max(worst, difference(mean, outputs_of(module, middle, axes)))
    return worst


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Two affine layers."""
    return _network(nn.Identity(), generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """The same layers with a rectifier between them."""
    return _network(nn.ReLU(), generator)


def _network(activation: nn.Module, generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = nn.Sequential(nn.Linear(4, 16), activation, nn.Linear(16, 2)).double()
    axes = Axes(inputs={"input": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return module, {"input": torch.randn(3, 4, generator=generator, dtype=torch.float64)}, axes
