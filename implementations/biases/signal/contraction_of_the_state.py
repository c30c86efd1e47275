"""Probe for contraction of the state: two states under the same inputs approach each other.

Definition: for any two first states and the same input, the distance between the states after T steps tends to zero as
T grows. The distance is compared after T = 64, 128 and 256 steps, relative to the first. It tends to zero where it is
below a fixed small number, or has fallen by a quarter or more with each doubling.

Source: Jaeger 2001 (jaeger2001echo), for the echo state property, of which this is one formulation.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from implementations.biases.recurring import continued, reached, state_names
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes

STEPS = (64, 128, 256)
WIDE = 3.0
FALL = 0.75
NOTHING = 1e-9


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the share of the first distance that is left, 0 if it tends to zero; NaN where the length is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not state_names(module, axes) or not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    return max(_share_left(module, axes, letter, generator) for letter in axes.acting)


def _share_left(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> float:
    """Return the share of the first distance that is left after the most steps, 0 if it tends to zero."""
    states = [reached(module, axes, generator, wide=WIDE) for _ in range(2)]
    first = _distance(*states)
    if first == 0:
        raise FloatingPointError(f"the state of {type(module).__name__} is the same whatever the input")
    shares = []
    for steps in STEPS:
        given = resized(module, axes, {"B": 1, letter: steps}, generator)
        shares.append(_distance(*(continued(module, given, axes, state) for state in states)) / first)
    falls = all(later <= FALL * earlier for earlier, later in pairwise(shares))
    return 0.0 if falls or shares[-1] < NOTHING else shares[-1]


def _distance(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    """Return the Euclidean distance between two states."""
    return torch.cat([(one[name] - other[name]).flatten() for name in one]).norm().item()


class Reservoir(nn.Module):
    """A recurrent layer of hyperbolic tangents whose matrix has the given largest singular value."""

    def __init__(self, generator: torch.Generator, gain: float) -> None:
        super().__init__()
        matrix = torch.randn(8, 8, generator=generator, dtype=torch.float64)
        self.weight = nn.Parameter(gain * matrix / torch.linalg.matrix_norm(matrix, 2))

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map `[B, T, U]` and a state `[B, U]` to all states and the last."""
        h = torch.zeros_like(x[:, 0]) if h is None else h
        states = []
        for step in x.unbind(1):
            h = torch.tanh(h @ self.weight + step)
            states.append(h)
        return torch.stack(states, 1), h

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": 0.1 * torch.randn(B, T, 8, generator=generator, dtype=torch.float64)}


def _case(gain: float, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Reservoir(generator, gain)
    axes = Axes(inputs={"x": ("B", "T", "U")}, outputs={"y": ("B", "T", "U"), "h": ("B", "U")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one whose largest singular value is below one, which suffices."""
    return _case(0.9, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one with large weights, which has several attractors or none."""
    return _case(50.0, generator)
