"""Probe for sparsity of interaction: the number of interacting pairs grows in proportion to the number of positions.

Definition: let m(n) be the number of pairs of an output and an input position, along an axis of n, of which the first
depends on the second. The bias holds if m(n) / n stays bounded. Nodes are joined in a ring, a graph whose number of
edges is in proportion to that of its nodes. Derivatives are taken by numbers; symbols such as words are replaced one at
a time. A border removes a fixed number of pairs, so that m is linear in n with a constant added, once n exceeds the
reach. Hence the error: the curvature of m over three sizes in equal steps, relative to that of n^2. It is 0 where m is
linear, 1 where everything depends on everything, 1/2 where everything depends on all that came before.

Source: Goodfellow, Bengio & Courville 2016, sec. 9.2 (goodfellow2016deep), for the term; Zaheer et al. 2020
(zaheer2020big) for the growth.
"""

import torch
from torch import Tensor, nn

from implementations.biases.dependence import EXAMPLES, dependences
from implementations.biases.resizing import sizes_taken
from kb.probes import Axes

SIZES = (32, 48, 64)
DRAWS = 2  # batches; a graph has no batch, so as many graphs as there are examples in these


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative curvature over the axes; NaN (undecided) where the size of an axis is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    return max(_curvature(module, axes, letter, generator) for letter in axes.acting)


def _curvature(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> float:
    """Return the second difference of the number of pairs over that of the square of the size, or 0 if negative."""
    small, middle, large = (_pairs(module, axes, letter, size, generator) for size in SIZES)
    of_square = 2 * (SIZES[1] - SIZES[0]) ** 2
    return float(max(0, small - 2 * middle + large) / of_square * axes.strides.get(letter, 1))


def _pairs(module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator) -> int:
    """Return the number of pairs that interact for some of many inputs."""
    draws = DRAWS if "B" in sizes_taken(module) else DRAWS * EXAMPLES
    return len(set().union(*(dependences(module, axes, letter, size, generator) for _ in range(draws))))


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
