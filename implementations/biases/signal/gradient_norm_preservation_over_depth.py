"""Probe for gradient-norm preservation over depth: a gradient at the outputs has the same norm at the inputs.

Definition: J J^T = I at every input at which the module is differentiable, for the Jacobian J of all outputs by all
floating-point inputs with features. Then |J^T g| = |g| for every gradient g, and all singular values of J are one. This
requires orthonormal rows of J, which is tested, for some of the outputs where there are many.

Source: Saxe, McClelland & Ganguli 2014 (saxe2013exact); Pennington, Schoenholz & Ganguli 2017
(pennington2017resurrecting).
"""

import torch
from torch import Tensor, nn

from implementations.biases.features import features
from kb.probes import Axes, Error

ROWS = 64


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest difference of a scalar product of two rows of the Jacobian from that of orthonormal ones.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    numbers = {name: value.detach().clone().requires_grad_() for name, value in features(inputs, axes).items()}
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    flat = torch.cat([value.flatten().double() for value in outputs.values()])
    if not flat.requires_grad:
        return Error(1.0, outputs=[])  # the derivative is zero: the output is a vote, or another step function
    chosen = torch.randperm(len(flat), generator=generator)[:ROWS]
    rows = torch.stack([_row(flat[index], list(numbers.values())) for index in chosen])
    errors = (rows @ rows.T - torch.eye(len(rows), dtype=rows.dtype)).abs()
    pair = torch.unravel_index(errors.argmax(), errors.shape)
    return Error(errors.max().item(), outputs=[int(chosen[row]) for row in pair])


def _row(output: Tensor, sources: list[Tensor]) -> Tensor:
    """Return the derivative of one number by all numbers of the inputs."""
    found = torch.autograd.grad(output, sources, retain_graph=True, allow_unused=True, materialize_grads=True)
    return torch.cat([gradient.flatten() for gradient in found])


class Rotations(nn.Module):
    """Ten rotations, each followed by the absolute value, whose slope is one or minus one, or by a rectifier."""

    def __init__(self, generator: torch.Generator, activation: str) -> None:
        super().__init__()
        self.activation = {"absolute": torch.abs, "relu": torch.relu}[activation]
        self.weights = nn.Parameter(torch.randn(10, 6, 6, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, D]` to `[B, D]`."""
        for rotation in torch.matrix_exp(self.weights - self.weights.mT):
            x = self.activation(x @ rotation)
        return x


def _case(activation: str, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "D")}, outputs={"y": ("B", "D")}, acting=("D",))
    return Rotations(generator, activation), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a deep network of rotations and absolute values."""
    return _case("absolute", generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same with rectified linear units, which let no gradient through where they are off."""
    return _case("relu", generator)
