"""Probe for norm preservation: the output is as long as the input.

Definition: |f(x)| = |x| for every x, where x is all floating-point inputs with features, f(x) all outputs, and the norm
the root of the sum of the squares of all numbers. A function that treats positions or examples separately then
preserves the norm of each.

Source: Saxe, McClelland & Ganguli 2014 (saxe2013exact) and Arjovsky, Shah & Bengio 2016 (arjovsky2016unitary), for
orthogonal and unitary matrices in networks.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import features
from implementations.biases.situations import worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest difference of the two norms, relative to that of the input, over several sizes of the input.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """

    def measure(given: dict[str, Tensor]) -> Error:
        before, after = _norm(features(given, axes)), _norm(run(module, given, axes))
        return Error(abs(after - before) / before, norm_of="all features")

    return worst(measure, module, inputs, axes, generator)


def _norm(tensors: Mapping[str, Tensor]) -> float:
    return torch.cat([value.flatten().double() for value in tensors.values()]).norm().item()


class Rotations(nn.Module):
    """Two rotations, between which features are sorted, or rectified."""

    def __init__(self, generator: torch.Generator, activation: str) -> None:
        super().__init__()
        self.activation = {"sort": lambda x: x.sort(1).values, "relu": torch.relu}[activation]
        self.weights = nn.Parameter(torch.randn(2, 6, 6, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, D]` to `[B, D]`."""
        first, second = torch.matrix_exp(self.weights - self.weights.mT)
        return self.activation(x @ first) @ second


def _case(activation: str, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "D")}, outputs={"y": ("B", "D")}, acting=("D",))
    return Rotations(generator, activation), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return rotations and sorting, both of which keep the norm."""
    return _case("sort", generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return rotations and rectified linear units, which drop negative numbers."""
    return _case("relu", generator)
