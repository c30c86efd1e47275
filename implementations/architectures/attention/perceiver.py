"""Perceiver: a small array of latents attends to a large input, and to itself, in several rounds with the same weights.

Source: Jaegle et al. 2021, "Perceiver: general perception with iterative attention", sec. 3 and appendix C
(jaegle2021perceiver).

Equations:
    block(z, y) = m + V GELU(U LN(m)),   m = z + Attention(LN(z), LN(y))
    z <- block(z, x)                      cross-attention: queries of the latents, keys and values of the input
    z <- block(z, z)                      L times, the latent transformer; LN(z) is computed once
    logits = W mean of z + b              after R rounds of both

Shapes: B examples, T elements of the input, F features of one, M latents, D width of a latent, G outputs.

Differs:
    1. The input is a set of vectors: codes of positions are part of it.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.pooling.global_average_pooling import GlobalAveragePooling
from kb.guards import checked_arguments, checked_inputs

SPREAD = 0.02
"""Standard deviation of the latents at the start."""


class Block(nn.Module):
    """Attention of latents to an input or to each other, and a perceptron for every latent, both residual.

    Args:
        width: Width D of a latent.
        attended: Width of what is attended to, also of queries, keys and values; none where it is the latents.
        heads: Number of heads.
    """

    def __init__(self, width: int, attended: int | None, heads: int) -> None:
        super().__init__()
        inner = attended or width
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.attended_norm = nn.LayerNorm(attended) if attended else nn.Identity()
        self.query, self.key, self.value = nn.Linear(width, inner), nn.Linear(inner, inner), nn.Linear(inner, inner)
        self.output = nn.Linear(inner, width)
        self.perceptron = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, width)
        )

    def forward(self, z: Float[Tensor, "B M D"], x: Float[Tensor, "B T F"] | None = None) -> Float[Tensor, "B M D"]:
        """Return the latents after they attended to an input, or to each other."""
        latents = self.norm(z)
        attended = latents if x is None else self.attended_norm(x)
        q, k, v = (
            projected.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for projected in (self.query(latents), self.key(attended), self.value(attended))
        )
        mixed = F.scaled_dot_product_attention(q, k, v)  # [B, heads, M, inner / heads]
        z = z + self.output(mixed.transpose(1, 2).flatten(2))
        return z + self.perceptron(z)


class Perceiver(nn.Module):
    """Rounds of cross-attention and a latent transformer, a mean, and a linear read-out.

    Args:
        in_features: Number F of features of an element of the input.
        latents: Number M of latents.
        width: Width D of a latent.
        rounds: How often the latents attend to the input.
        layers: Layers of attention among the latents in every round.
        heads: Heads of that; must divide the width. Cross-attention has one.
        out_features: Number G of outputs.
        shared: Whether all rounds have the same weights, except for the cross-attention of the first.

    Raises:
        ValueError: The heads do not divide the width.

    Examples:
        >>> Perceiver(in_features=3)(torch.zeros(2, 9, 3)).shape
        torch.Size([2, 3])
        >>> Perceiver(width=5)
        Traceback (most recent call last):
        ValueError: Perceiver(width=5) cannot be built: width (5) must be divisible by heads (2)
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 4,
        latents: int = 3,
        width: int = 6,
        rounds: int = 3,
        layers: int = 1,
        heads: int = 2,
        out_features: int = 3,
        shared: bool = True,
    ) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        self.in_features, self.rounds = in_features, rounds
        self.latents = nn.Parameter(nn.init.trunc_normal_(torch.empty(latents, width), std=SPREAD))
        crosses, processes = (min(rounds, 2), 1) if shared else (rounds, rounds)
        self.cross = nn.ModuleList(Block(width, in_features, 1) for _ in range(crosses))
        self.process = nn.ModuleList(
            nn.Sequential(*(Block(width, None, heads) for _ in range(layers))) for _ in range(processes)
        )
        self.pool = GlobalAveragePooling()
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B G"]:
        """Return one vector for every input."""
        z = self.latents.repeat(len(x), 1, 1)
        for number in range(self.rounds):
            z = self.cross[min(number, len(self.cross) - 1)](z, x)
            z = self.process[min(number, len(self.process) - 1)](z)
        return self.read_out(self.pool(z.transpose(1, 2)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return random inputs, the first with an element that occurs twice."""
        x = torch.randn(B, T, self.in_features, generator=generator)
        x[0, -1] = x[0, 0]
        return {"x": x}
