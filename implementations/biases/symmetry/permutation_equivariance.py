"""Probe for permutation equivariance: permuting the positions of the input permutes the output alike.

Definition: f(P x) = P f(x) for every permutation P of a sequence axis; an output without that axis is unchanged. The
exchange of the first two positions and the shift by one generate all permutations.

Source: Zaheer et al. 2017 (zaheer2017deep); the lecture, S25 for self-attention.
"""

import torch
from torch import Tensor, nn

from implementations.biases.permuting import permutation_error
from kb.probes import Axes


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative error over the sequence axes and the generating permutations.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return permutation_error(module, inputs, axes, generator)


class Attention(nn.Module):
    """Every position gathers from all others; with `rank`, it first gets a number for its position."""

    def __init__(self, generator: torch.Generator, rank: bool) -> None:
        super().__init__()
        self.rank = rank
        self.key = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        if self.rank:
            x = x + torch.arange(x.shape[1], dtype=x.dtype)[:, None]
        return (x @ self.key @ x.mT).softmax(-1) @ x


def _case(rank: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return Attention(generator, rank), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return self-attention over a set."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return self-attention whose inputs include their rank."""
    return _case(True, generator)
