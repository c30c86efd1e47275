"""Memory hop: compares a state with all memories, and adds the weighted sum of their contents to it.

Source: Sukhbaatar et al. 2015, eq. 1, 2 and 4; sec. 2.2 for the map H (sukhbaatar2015end).

Equations:
    p_i = softmax over i of (u . m_i)
    o   = sum over i of p_i c_i
    u'  = u + o,   or u' = H u + o

Shapes: B examples, M memories, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class MemoryHop(nn.Module):
    """One reading of the memory by content, with a skip connection.

    Args:
        width: Number D of features, which only H depends on.
        mapped: Whether the state is multiplied by a matrix H before the sum is added.
        linear: Whether the softmax is left out, as at the start of training.

    Example:
        >>> hop = MemoryHop()
        >>> u, m, c = torch.tensor([[50.0, 0.0]]), torch.eye(2)[None], torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
        >>> hop(u, m, c)
        tensor([[51.,  2.]])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 4, mapped: bool = False, linear: bool = False) -> None:
        super().__init__()
        self.linear = linear
        self.skip = nn.Linear(width, width, bias=False) if mapped else nn.Identity()

    def forward(
        self, u: Float[Tensor, "B D"], m: Float[Tensor, "B M D"], c: Float[Tensor, "B M D"]
    ) -> Float[Tensor, "B D"]:
        """Return the state after one reading of the memories with keys `m` and values `c`."""
        scores = torch.einsum("bd,bmd->bm", u, m)
        weights = scores if self.linear else scores.softmax(1)
        return self.skip(u) + torch.einsum("bm,bmd->bd", weights, c)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, M: int = 5) -> dict[str, Tensor]:
        """Return a random state and random memories."""
        shapes = {"u": (B, 4), "m": (B, M, 4), "c": (B, M, 4)}
        return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
