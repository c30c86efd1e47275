"""Probabilistic max-pooling: at most one detection unit of a block is on; the pooling unit is on if one is.

Source: Lee, Grosse, Ranganath & Ng 2009, sec. 3.3 (lee2009cdbn).

Equations:
    P(h_i = 1) = exp(I_i) / (1 + sum over j in the block of exp(I_j))      I: inputs of the detection units
    P(p = 0) = 1 / (1 + sum over j in the block of exp(I_j))               p: the pooling unit, on if some h_i is
    that is, P(p = 1) = sigma(log sum of exp(I_j)), and the unit that is then on is drawn by a softmax of the inputs

Shapes: B examples, C channels, H height, W width; P, Q the same in blocks, rounded up.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class Units(NamedTuple):
    """Pooling units, and the detection units below them."""

    pool: Tensor
    detection: Tensor


class ProbabilisticMaxPooling(nn.Module):
    """One draw for each block: one of its detection units, or none.

    Args:
        block: Height and width of a block. At the far borders blocks may be cut off.

    Raises:
        ValueError: A block has no units.

    Example:
        >>> ProbabilisticMaxPooling()(torch.zeros(1, 1, 2, 2)).pool
        tensor([[[[0.8000]]]])
    """

    @checked_arguments()
    def __init__(self, *, block: int = 2) -> None:
        super().__init__()
        if block < 1:
            raise ValueError(f"block ({block}) must be positive")
        self.block = block

    def forward(self, x: Float[Tensor, "B C H W"]) -> Units:
        """Return the probabilities of all units to be on, given the inputs of the detection units."""
        blocks = self._blocks(x)
        pool = torch.sigmoid(blocks.logsumexp(-1))
        return Units(pool, self._grid(pool[..., None] * blocks.softmax(-1), x))

    def sample(self, x: Float[Tensor, "B C H W"], generator: torch.Generator) -> Units:
        """Draw a state of all units, given the inputs of the detection units."""
        states = F.pad(self._blocks(x), (0, 1)).softmax(-1)  # [B, C, P, Q, n + 1], the last for none
        chosen = torch.multinomial(states.flatten(0, -2), 1, generator=generator)
        on = torch.zeros_like(states).flatten(0, -2).scatter(1, chosen, 1.0).view_as(states)[..., :-1]
        return Units(on.sum(-1), self._grid(on, x))

    def log_partition(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the logarithm of the sum, over all states that are allowed, of exp of the inputs that are on."""
        return F.softplus(self._blocks(x).logsumexp(-1)).flatten(1).sum(1)

    def _blocks(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C P Q n"]:
        """Return the inputs of the units of each block; where a block is cut off, with -inf for the missing units."""
        size, (height, width) = self.block, x.shape[2:]
        padded = F.pad(x, (0, -width % size, 0, -height % size), value=-torch.inf)
        return padded.unflatten(3, (-1, size)).unflatten(2, (-1, size)).transpose(3, 4).flatten(4)

    def _grid(self, blocks: Float[Tensor, "B C P Q n"], x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Arrange blocks on the grid again, and cut off units beyond it."""
        grid = blocks.unflatten(4, (self.block, self.block)).transpose(3, 4).flatten(4).flatten(2, 3)
        return grid[:, :, : x.shape[2], : x.shape[3]]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 5, W: int = 4) -> dict[str, Tensor]:
        """Return random inputs, on a grid of an odd height, where blocks are cut off."""
        return {"x": torch.randn(B, 3, H, W, generator=generator)}
