"""Probe for Euclidean equivariance: rotating, reflecting or shifting the points has the same effect on the outputs.

Definition: f(x Q^T + 1 t^T) = f(x) Q^T + 1 t^T for every orthogonal matrix Q and every vector t, where x stands for all
inputs and f(x) for all outputs with a coordinate axis; other inputs and outputs are unchanged. A random rotation and a
random reflection are tried, each with a random translation.

Source: Satorras et al. 2021, sec. 2.1 (satorras2021en).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import size_of
from implementations.biases.situations import worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative error over the coordinate axes, a rotation and a reflection.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return worst(lambda given: _error(module, given, axes, generator), module, inputs, axes, generator)


def _error(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> Error:
    """Return the error for some inputs."""
    before = run(module, inputs, axes)
    errors = []
    for letter in axes.acting:
        size = size_of(letter, inputs, axes.inputs)
        for handedness in (1, -1):
            motion = (
                orthogonal(size, handedness, generator),
                torch.randn(size, generator=generator, dtype=torch.float64),
            )
            after = run(module, moved(inputs, axes.inputs, letter, *motion), axes)
            error = relative_error(after, moved(before, axes.outputs, letter, *motion))
            errors.append(error.at(axis=letter, determinant=handedness))
    return max(errors)


def orthogonal(size: int, handedness: int, generator: torch.Generator) -> Tensor:
    """Return a random orthogonal matrix with the determinant `handedness`: 1 for a rotation, -1 for a reflection.

    Example:
        >>> round(orthogonal(3, -1, torch.Generator()).det().item())
        -1
    """
    matrix = torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64))[0]
    matrix[0] *= handedness * matrix.det().sign()
    return matrix


def moved(
    tensors: Mapping[str, Tensor], letters: Mapping[str, tuple[str, ...]], letter: str, turn: Tensor, shift: Tensor
) -> dict[str, Tensor]:
    """Return tensors, with the points among them rotated or reflected, and shifted.

    Example:
        >>> points = {"x": torch.tensor([[1.0, 2.0]])}
        >>> moved(points, {"x": ("N", "X")}, "X", torch.tensor([[0.0, -1.0], [1.0, 0.0]]), torch.tensor([5.0, 0.0]))
        {'x': tensor([[3., 1.]])}
    """
    return {
        name: (x.movedim(letters[name].index(letter), -1) @ turn.T + shift).movedim(-1, letters[name].index(letter))
        if letter in letters[name]
        else x
        for name, x in tensors.items()
    }


class Attraction(nn.Module):
    """Every point moves towards all others, more to nearer ones; with `separate`, each coordinate separately."""

    def __init__(self, separate: bool) -> None:
        super().__init__()
        self.separate = separate

    def forward(self, x: Tensor) -> Tensor:
        """Map points `[N, X]` to points `[N, X]`."""
        ways = x - x[:, None]  # [N, N, X]
        lengths = ways.square() if self.separate else ways.square().sum(2, keepdim=True)
        return x + (ways / (1 + lengths)).mean(1)


def _case(separate: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("N", "X")}, outputs={"y": ("N", "X")}, acting=("X",))
    return Attraction(separate), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return forces that depend on distances and point along the lines between the points."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return forces computed coordinate by coordinate: they are equivariant to shifts and reflections only."""
    return _case(True, generator)
