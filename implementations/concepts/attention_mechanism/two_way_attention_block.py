"""Two-way attention block: tokens attend to each other and to an image, and the image attends to the tokens.

Source: Kirillov et al. 2023, "Segment anything" (kirillov2023segment), in the form of the authors' code.

Equations:
    t <- LN(t + A(t + c, t + c, t));   in the first block LN(A(t, t, t))
    t <- LN(t + A(t + c, z + e, z));   t <- LN(t + W_2 relu(W_1 t));   z <- LN(z + A(z + e, t + c, t))
    A(q, k, v): multi-head attention of queries, keys and values; c, e: codes of tokens and of positions

Shapes: B examples, T tokens, S positions of the image, D width.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class Outputs(NamedTuple):
    """New tokens, and new features of the image."""

    t: Float[Tensor, "B T D"]
    z: Float[Tensor, "B S D"]


class NarrowAttention(nn.Module):
    """Attention of queries to keys and values, in a width that may be smaller."""

    def __init__(self, width: int, inner: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, inner) for _ in range(3))
        self.output = nn.Linear(inner, width)

    def forward(
        self, q: Float[Tensor, "B T D"], k: Float[Tensor, "B S D"], v: Float[Tensor, "B S D"]
    ) -> Float[Tensor, "B T D"]:
        """Return the output of every query."""
        parts = (self.query(q), self.key(k), self.value(v))
        heads = [part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in parts]
        return self.output(F.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(2))


class TwoWayAttentionBlock(nn.Module):
    """Codes are added to queries and keys, and each step is followed by a normalisation.

    Args:
        width: Width D of tokens and features; attention between them has half of it.
        heads: Attention heads; must divide half the width.
        hidden: Hidden units of the perceptron of tokens.
        first: Whether it is the first block, in which tokens are still their own codes.

    Raises:
        ValueError: Twice the heads do not divide the width.

    Example:
        >>> TwoWayAttentionBlock(width=6, heads=2)
        Traceback (most recent call last):
        ValueError: TwoWayAttentionBlock(width=6, heads=2) cannot be built: width (6) must be divisible by 4
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8, heads: int = 2, hidden: int = 6, first: bool = False) -> None:
        super().__init__()
        if width % (2 * heads):
            raise ValueError(f"width ({width}) must be divisible by {2 * heads}")
        self.width, self.first = width, first
        self.among_tokens = NarrowAttention(width, width, heads)
        self.to_image, self.to_tokens = (NarrowAttention(width, width // 2, heads) for _ in range(2))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(4))
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))

    def forward(
        self,
        t: Float[Tensor, "B T D"],
        z: Float[Tensor, "B S D"],
        t_code: Float[Tensor, "B T D"],
        z_code: Float[Tensor, "B S D"],
    ) -> Outputs:
        """Return the new tokens and the new features of the image."""
        if self.first:
            t = self.norms[0](self.among_tokens(t, t, t))
        else:
            t = self.norms[0](t + self.among_tokens(t + t_code, t + t_code, t))
        t = self.norms[1](t + self.to_image(t + t_code, z + z_code, z))
        t = self.norms[2](t + self.perceptron(t))
        return Outputs(t, self.norms[3](z + self.to_tokens(z + z_code, t + t_code, t)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 3, S: int = 4) -> dict[str, Tensor]:
        """Return random tokens, features and codes."""
        sizes = {"t": T, "z": S, "t_code": T, "z_code": S}
        return {name: torch.randn(B, size, self.width, generator=generator) for name, size in sizes.items()}
