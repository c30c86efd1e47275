"""Probe for volume preservation: a set of inputs and its image have the same volume.

Definition: the Jacobian of all outputs by all floating-point inputs with features is square, and the absolute value of
its determinant is one, for all weights and wherever the module is differentiable. One example is taken; random inputs
of two sizes are tried, with weights that get random signs.

Source: Dinh, Krueger & Bengio 2015 (dinh2014nice), where the determinant of additive coupling layers is one.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from implementations.biases.function_class.invertibility import jacobians
from implementations.biases.jacobians import is_square
from implementations.biases.refuting import worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return by how much the size of the determinant differs from one; 1 if the Jacobian is not square.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    if not is_square(module, inputs, axes):
        return Error(1.0, found="another number of outputs than of inputs")

    def errors() -> Iterator[Error]:
        for matrix in jacobians(module, inputs, axes, generator):
            yield Error((torch.linalg.slogdet(matrix).logabsdet.exp() - 1).abs().item())

    return worst(errors())


class Coupling(nn.Module):
    """Each half of the features is shifted by a function of the other half, in turn; one is also scaled if `scaled`."""

    def __init__(self, generator: torch.Generator, scaled: bool) -> None:
        super().__init__()
        self.scaled = scaled
        self.shifts = nn.Parameter(torch.randn(3, 2, 2, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        first, second = x.chunk(2, 1)
        second = second + torch.relu(first @ self.shifts[0])
        first = first * torch.exp(torch.tanh(second @ self.shifts[2])) if self.scaled else first
        return torch.cat([first + torch.relu(second @ self.shifts[1]), second], 1)


def _case(scaled: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Coupling(generator, scaled), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return additive coupling layers: every step is a shear."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return coupling layers with a scale, which are invertible and change volumes."""
    return _case(True, generator)
