"""Probe for Euclidean invariance: rotating, reflecting or shifting the points does not change the features.

Definition: f(x Q^T + 1 t^T) = f(x) for every orthogonal matrix Q and every vector t, where x stands for all inputs with
a coordinate axis and f(x) for all outputs without one; there has to be such an output. A random rotation and a random
reflection are tried, each with a short and a long translation.

Source: Satorras et al. 2021, sec. 2.1 (satorras2021en): invariance is the equivariance of outputs that do not move;
Adams et al. 2022 (adams2022learning) for invariance without reflections.
"""

from itertools import product

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import size_of
from implementations.biases.symmetry.euclidean_equivariance import moved, orthogonal
from kb.probes import Axes, Error

DISTANCES = (1.0, 30.0)  # size of the translations: some functions notice a position only far from the origin


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of outputs without coordinates; 1 if all outputs have coordinates.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    features = {name for name, letters in axes.outputs.items() if not set(letters) & set(axes.acting)}
    if not features:
        return Error(1.0)
    before = {name: value for name, value in run(module, inputs, axes).items() if name in features}
    errors = []
    for letter, handedness, distance in product(axes.acting, (1, -1), DISTANCES):
        size = size_of(letter, inputs, axes.inputs)
        turn = orthogonal(size, handedness, generator)
        shift = distance * torch.randn(size, generator=generator, dtype=torch.float64)
        after = run(module, moved(inputs, axes.inputs, letter, turn, shift), axes)
        errors.append(relative_error(after, before).at(axis=letter, determinant=handedness))
    return max(errors)


class Volumes(nn.Module):
    """Squared distances of all points from the first; with `handed`, the signed volume that the first four span too."""

    def __init__(self, handed: bool) -> None:
        super().__init__()
        self.handed = handed

    def forward(self, x: Tensor) -> Tensor:
        """Map points `[N, X]` to features `[N]`."""
        ways = x - x[0]
        volume = torch.linalg.det(ways[1:4]) if self.handed else 0.0
        return torch.tanh(ways.square().sum(1) + volume)


def _case(handed: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(5, 3, generator=generator, dtype=torch.float64) / 2
    return Volumes(handed), {"x": x}, Axes(inputs={"x": ("N", "X")}, outputs={"y": ("N",)}, acting=("X",))


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a function of distances."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one that uses a signed volume too: it has another sign in the mirror."""
    return _case(True, generator)
