"""Probe for sparsity of interaction: the number of interacting pairs grows in proportion to the number of positions.

Definition: let m(n) be the number of pairs of an output and an input position, along an axis of n, of which the first
depends on the second. The bias holds if m(n) / n, the mean number of inputs that an output depends on, stays
bounded. Nodes are joined in a ring, a graph whose number of edges is in proportion to that of its nodes. Derivatives
are taken by numbers; symbols such as words are replaced one at a time, and outputs counted for an input. Inputs are
ordinary, large and small, so that gates open.

The number is estimated for some positions in the middle half of the axis, drawn at random, because near a border the
border cuts it. The position with most is left out: it may be a hub, of which there are few. The error is the growth of
the mean between two sizes, relative to that of the size. It is 0 where the number is bounded (by up to half of the
smaller size), about 1 where everything depends on everything, about 1/2 where everything depends on all before it.
Where an influence is as small as a rounding error, others may be lost in it, and smaller sizes are compared.

Source: Goodfellow, Bengio & Courville 2016, sec. 9.2 (goodfellow2016deep), for the term; Zaheer et al. 2020
(zaheer2020big) for the growth.
"""

from collections import Counter

import torch
from torch import Tensor, nn

from implementations.biases.dependence import FADED, SCALES, Dependences, Places, dependences
from implementations.biases.resizing import sizes_taken
from implementations.biases.strides import stretched, too_coarse
from kb.probes import Axes, Error

SIZES = ((96, 192), (48, 96), (24, 48), (12, 24))  # the first pair, unless influence fades into rounding error
POSITIONS = 12
GRAPHS = 2  # for each scale, where there is no batch
CLEAR = 0.1  # a growth that no dependence overlooked by one batch explains


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative growth over the axes; NaN (undecided) where an axis is fixed or too coarse.

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
    """Return the growth of the mean number of partners of a position, relative to that of the size."""
    places, error = _middle(generator), Error(0.0)
    for sizes in ([stretched(size, axes, letter) for size in pair] for pair in SIZES):
        found = [Dependences({}, {}) for _ in sizes]
        for scale in [scale for scale in SCALES for _ in range(1 if "B" in sizes_taken(module) else GRAPHS)]:
            found = [
                before.joined(dependences(module, axes, letter, size, generator, places, scale))
                for before, size in zip(found, sizes, strict=True)
            ]
            few, many = map(_partners, found)
            error = Error(
                max(0.0, many - few) / (sizes[1] - sizes[0]), axis=letter, size=sizes[1], partners=round(many)
            )
            if error >= CLEAR:
                return error
        if min(found[1].pairs.values(), default=1.0) > FADED:
            break
    return error


def _middle(generator: torch.Generator) -> Places:
    """Return the rule to test some random positions in the middle half of an axis, the same ones every time."""
    shares = torch.rand(POSITIONS, generator=generator, dtype=torch.float64).tolist()
    return lambda size: sorted({int(size * (1 + share * 2) / 4) for share in shares})


def _partners(found: Dependences) -> float:
    """Return the mean number of positions that a position depends on, or that depend on it, without the largest."""
    outputs = Counter(output for output, _ in found.of_outputs)
    sources = Counter(source for _, source in found.of_sources)
    numbers = [sorted(counts.values())[:-1] for counts in (outputs, sources)]
    return max((sum(counts) / len(counts) for counts in numbers if counts), default=0.0)


class Window(nn.Module):
    """Attention of every position to itself and one neighbour to either side, or to all positions."""

    def __init__(self, generator: torch.Generator, everywhere: bool) -> None:
        super().__init__()
        self.everywhere = everywhere
        self.weight = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        places = torch.arange(x.shape[1])
        far = (places[:, None] - places).abs() > 1
        scores = x @ self.weight @ x.mT
        return (scores if self.everywhere else scores.masked_fill(far, float("-inf"))).softmax(-1) @ x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(everywhere: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Window(generator, everywhere)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention within a window."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention to everything."""
    return _case(True, generator)
