"""Probe for a divergence-free field: the flow along the outputs neither compresses nor expands the space of inputs.

Definition: outputs and features have the same shapes, and the trace of the Jacobian of the outputs by the features is
zero at every input, for all weights. One example is taken, at random inputs of two sizes, with weights that get random
signs. The error is the trace relative to the sum of the absolute values of all derivatives.

Source: Greydanus, Dzamba & Yosinski 2019 (greydanus2019hamiltonian), for a field that is divergence-free by
construction.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import features
from implementations.biases.function_class.invertibility import jacobians
from implementations.biases.refuting import worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest trace of a Jacobian; 1 where outputs and features differ in shape.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    sides = (features(inputs, axes), run(module, inputs, axes))
    before, after = ([value.shape for value in tensors.values()] for tensors in sides)
    if before != after:
        return Error(1.0, found="other shapes of outputs than of inputs")

    def errors() -> Iterator[Error]:
        for matrix in jacobians(module, inputs, axes, generator):
            size = matrix.abs().sum().clamp_min(torch.finfo(torch.float64).tiny)
            yield Error((matrix.trace().abs() / size).item())

    return worst(errors())


class Rotation(nn.Module):
    """The derivatives of one function, rotated by ninety degrees or not."""

    def __init__(self, generator: torch.Generator, rotated: bool) -> None:
        super().__init__()
        self.rotated = rotated
        self.weight = nn.Parameter(torch.randn(4, 6, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`: the gradient of the sum of log cosh of the hidden units."""
        gradient = torch.tanh(x @ self.weight) @ self.weight.T
        position, momentum = gradient.chunk(2, 1)
        return torch.cat([momentum, -position], 1) if self.rotated else gradient


def _case(rotated: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Rotation(generator, rotated), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the motion that a Hamilton function determines."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the gradient of the same function, which flows towards its maxima."""
    return _case(False, generator)
