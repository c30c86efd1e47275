"""Sparse initialisation: every unit starts with a fixed number of random connections, for any number of inputs.

Source: Martens 2010 (martens2010deep), used by Sutskever et al. 2013 (sutskever2013importance).

Equations:
    W[i, j] ~ N(0, std^2) for a fixed number of random inputs j of unit i, and 0 for the others; biases 0

Shapes: D units, C inputs.

Peer: `torch.nn.init.sparse_` sets a share of each column to zero. Columns of its matrices are inputs, so that it fixes
how many units an input reaches; on the transposed matrix it agrees with ours.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def sparse_(
    weight: Float[Tensor, "D C"],
    *,
    connections: int = 15,
    std: float = 1.0,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "D C"]:
    """Fill a matrix in place with a few normal numbers in every row, and zeros.

    Args:
        weight: Weights of a linear layer.
        connections: Number of inputs of every unit with non-zero weights.
        std: Standard deviation of their weights.
        generator: Source of random numbers; the global one when absent.

    Returns:
        The same tensor.

    Raises:
        ValueError: There are fewer inputs than connections.

    Example:
        >>> (sparse_(torch.empty(3, 40)) != 0).sum(1)
        tensor([15, 15, 15])
    """
    units, inputs = weight.shape
    if not 0 < connections <= inputs:
        raise ValueError(f"connections ({connections}) must be between 1 and the number of inputs ({inputs})")
    chosen = torch.rand(units, inputs, generator=generator).argsort(1)[:, :connections]
    drawn = torch.empty(units, connections, dtype=weight.dtype).normal_(0, std, generator=generator)
    with torch.no_grad():
        return weight.zero_().scatter_(1, chosen, drawn)
