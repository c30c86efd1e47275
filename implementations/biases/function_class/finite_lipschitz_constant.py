"""Probe for a finite Lipschitz constant: one bound holds for the slope between any two inputs.

Definition: there is a number L with |f(x) - f(x')| <= L |x - x'| for all x and x'. Floating-point inputs with features
are changed together, except for a carried state (an optional input of `forward` that is also an output), which stays
the same. A slope can grow without bound in three ways: as the inputs grow, where functions of them are multiplied; as
the two points approach each other, where there is a jump or a root; and near a single point, as a direction does where
its vector is zero. So the steepest slope that is found on inputs of ordinary size is compared with those on huge and on
vanishing inputs, between points that are much closer, and near points where a divisor inside the module is zero. Small
inputs are among the ordinary ones because a normalisation with a small constant in it is steep there, up to a bound.

The search goes along straight segments between random inputs. Each is cut into pieces, and the one with the largest
change is cut again; its slope can only rise. No derivative is taken: those of a step function are zero. The error is 0
or 1.

Source: Kim, Papamakarios & Mnih 2021, Theorem 3.1 (kim2021lipschitz), for attention, which is not Lipschitz.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.points import Function, Points, norms, spread_over, stateless
from implementations.biases.zeros import zeros
from kb.probes import Axes, Error


class Search(NamedTuple):
    """Segments between inputs of one size.

    Attributes:
        size: Of the inputs.
        ordinary: Up to which length, relative to the size, slopes are ordinary; everything after is extreme.
        name: What a witness says.
    """

    size: float
    ordinary: float
    name: str


SEARCHES = (
    Search(1.0, 1e-4, "close to each other"),
    Search(1e-3, 1e-4, "close to each other"),
    Search(1e6, math.inf, "large inputs"),  # shows attention whose output is normalised: the changes stay small
    Search(1e15, math.inf, "huge inputs"),
    Search(1e75, math.inf, "huge inputs"),  # shows a growth as slow as that of a logarithm; the fourth power is finite
    Search(1e-75, math.inf, "vanishing inputs"),
)
FINEST = 1e-11  # length of the last pieces, relative to the size
SEGMENTS = 4
FIRST, LATER = 16, 4  # pieces of a segment, and of a piece
GROWTH = 30.0  # a factor between slopes
NEAR = (1e-3, 1e-9)  # distances from a point where a divisor is zero
ROUNDING = 1e-12


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if the steepest slope on extreme inputs is about that on ordinary ones, 1 if it is much larger.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    function = Function(module, inputs, axes, stateless(module, inputs, axes))
    extreme = _along_segments(function, generator)
    if extreme:
        return extreme
    return Error(1.0, found="division by zero") if _jumps(function, generator) else 0.0


def _along_segments(function: Function, generator: torch.Generator) -> Error:
    """Return 1 if the steepest of extreme pieces of random segments is much steeper than that of ordinary ones.

    Raises:
        FloatingPointError: Ordinary inputs overflow.
    """
    searches = [search for search in SEARCHES for _ in range(SEGMENTS if function.batched else 1)]
    sizes = torch.tensor([search.size for search in searches], dtype=torch.float64)
    start, end = function.random(sizes, generator), function.random(sizes, generator)
    step = {name: end[name] - start[name] for name in start}
    low, width, pieces = torch.zeros_like(sizes), 1.0, FIRST
    ordinary, largest, where = 0.0, 0.0, ""
    lowest = min(search.ordinary for search in SEARCHES)  # what comes after changes no ordinary slope
    while width > FINEST and not (width < lowest and largest > GROWTH * ordinary):
        width /= pieces
        parts = low[:, None] + width * torch.arange(pieces + 1)
        changes = _changes(function, start, step, parts)
        low = low + width * changes.nan_to_num(-1.0, torch.inf).argmax(1)
        for search, slope in zip(searches, (changes.amax(1) / (width * norms(step))).tolist(), strict=True):
            if search.ordinary <= width and not math.isfinite(slope):
                raise FloatingPointError("ordinary inputs overflow")
            if search.ordinary <= width:
                ordinary = max(ordinary, slope)
            elif slope > largest:  # not if it is not a number: what overflowed may lie inside the module
                largest, where = slope, search.name
        pieces = LATER
    return Error(float(largest > GROWTH * ordinary), found=where)


def _changes(function: Function, start: Points, step: Points, parts: Tensor) -> Float[Tensor, "segments pieces"]:
    """Return how much the outputs change over each piece of each segment, 0 where it may be a rounding error.

    An output that is infinite has no bound, and counts as an infinite change.
    """
    points = {name: (start[name][:, None] + spread_over(parts, step[name][:, None])).flatten(0, 1) for name in start}
    with torch.no_grad():
        values = function(points).unflatten(0, parts.shape)
    changes = values.diff(dim=1).norm(dim=2)
    changes = changes.where(~(changes <= ROUNDING * values.norm(dim=2).amax(1, keepdim=True)), 0.0)
    infinite = values.isinf().any(2)
    return changes.where(~(infinite[:, 1:] | infinite[:, :-1]), torch.inf)


def _jumps(function: Function, generator: torch.Generator) -> bool:
    """Return whether the slope rises without end towards a point where the module divides by zero or takes a root."""
    size = torch.ones(1, dtype=torch.float64)
    for point in zeros(function, generator):
        aside = function.random(size, generator)
        slopes = []
        for distance in NEAR:
            ends = torch.tensor([[0.0, distance]], dtype=torch.float64)
            slopes.append(_changes(function, point, aside, ends).item() / (distance * norms(aside).item()))
        if slopes[1] > GROWTH * slopes[0]:
            return True
    return False


class Attention(nn.Module):
    """Dot-product self-attention with a residual connection; its input is normalised first, or left unchanged."""

    def __init__(self, generator: torch.Generator, normalised: bool) -> None:
        super().__init__()
        self.normalised = normalised
        shape = (3, 4, 4)
        self.weights = nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, D]` to `[B, T, D]`."""
        seen = F.layer_norm(x, x.shape[2:]) if self.normalised else x
        return x + F.scaled_dot_product_attention(*(seen @ weight for weight in self.weights))


def _case(normalised: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "T", "D")}, outputs={"y": ("B", "T", "D")}, acting=("D",))
    return Attention(generator, normalised), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that sees normalised inputs, which lie in a bounded set."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that sees its inputs without normalisation."""
    return _case(False, generator)
