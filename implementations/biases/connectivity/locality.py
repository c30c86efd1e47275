"""Probe for locality: an output depends on inputs within a fixed radius only, however large the input.

Definition: let r(n) be the largest distance, along an axis of n positions, between an output and an input that it
depends on. The bias holds if r(n) does not grow with n. Distances wrap around, so that circular padding counts as near;
nodes are joined in a ring, where distances are counted in hops. Derivatives are taken by numbers; symbols such as words
are replaced one at a time. Inputs are ordinary, large and small, so that gates open. The error is the growth of r
between two sizes, relative to the growth of the largest possible distance: 0 for a fixed radius below 48, 1 for an
output that depends on everything. Where the influence at distance r is as small as a rounding error, arithmetic sets
this limit, not the function, and smaller sizes are compared.

Source: the lecture, S17 and S25; Battaglia et al. 2018, Table 1 (battaglia2018relational).
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from implementations.biases.dependence import FADED, SCALES, dependences, spread
from implementations.biases.resizing import sizes_taken
from implementations.biases.strides import stretched, too_coarse
from kb.probes import Axes, Error

SIZES = ((96, 192), (48, 96), (24, 48), (12, 24))  # the first pair, unless influence fades into rounding error
POSITIONS = 9  # number of outputs that are tested, spread over the axis
CLEAR = 0.5  # a growth that no dependence overlooked by one batch explains


class Reach(NamedTuple):
    """The largest distance at which an output depends on an input, the strength there, and the two positions."""

    distance: int
    strength: float
    output: int
    source: int

    @property
    def place(self) -> dict[str, int]:
        """What a witness says."""
        return {"distance": self.distance, "output": self.output, "source": self.source}


NOTHING = Reach(0, 1.0, 0, 0)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest growth of the radius over the axes; NaN (undecided) where an axis is fixed or too coarse.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting) or too_coarse(axes):
        return float("nan")
    return max(_growth(module, axes, letter, generator) for letter in axes.acting)


def _growth(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Error:
    found: list[Error] = []
    for small, large in ((stretched(a, axes, letter), stretched(b, axes, letter)) for a, b in SIZES):
        near = far = NOTHING
        for scale in SCALES:
            far = max(far, reach(module, axes, letter, large, generator, scale))
            near = max(near, reach(module, axes, letter, small, generator, scale))
            growth = max(0, far.distance - near.distance) / (large // 2 - small // 2)
            error = Error(growth, axis=letter, size=large, **far.place)
            if growth >= CLEAR and (not found or far.strength > FADED):
                return error
        if far.strength > FADED:
            return error
        found.append(error)
    return found[0]  # what is faint at every size does not fade with the distance


def reach(
    module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator, scale: float = 1.0
) -> Reach:
    """Return the largest distance between an output and an input that it depends on, along an axis of `size`."""
    found = [NOTHING]
    pairs = dependences(module, axes, letter, size, generator, spread(POSITIONS), scale).pairs
    for (output, source), strength in pairs.items():
        offset = abs(axes.strides.get(letter, 1) * output - source)
        found.append(Reach(min(offset, size - offset), strength, output, source))
    return max(found)


class Mixing(nn.Module):
    """Every position adds to itself the mean of its two neighbours, or of all positions where `everywhere`."""

    def __init__(self, everywhere: bool) -> None:
        super().__init__()
        self.everywhere = everywhere

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, L]` to `[B, L]`."""
        others = x.mean(1, keepdim=True) if self.everywhere else (x.roll(1, 1) + x.roll(-1, 1)) / 2
        return torch.tanh(x + others)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 8) -> dict[str, Tensor]:
        """Return random signals."""
        return {"x": torch.randn(B, L, generator=generator, dtype=torch.float64)}


def _case(everywhere: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Mixing(everywhere)
    axes = Axes(inputs={"x": ("B", "L")}, outputs={"y": ("B", "L")}, acting=("L",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mean over neighbours on a ring."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mean over all positions."""
    return _case(True, generator)
