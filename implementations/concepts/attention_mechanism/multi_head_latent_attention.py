"""Multi-head latent attention: keys and values of all heads are computed from one small vector for each position.

Source: DeepSeek-AI 2024a (deepseek2024v2), in the form of DeepSeek-AI 2024b, eq. 1 to 11 (deepseek2024v3).

Equations:
    c_t = RMSNorm(W_DKV h_t)                               latent of keys and values                          eq. 1
    k_ti = [W_UK_i c_t; R_t W_KR h_t],  v_ti = W_UV_i c_t  the second part of keys is rotated and shared      eq. 2-5
    q_ti = [W_UQ_i c'_t; R_t W_QR_i c'_t],  c'_t = RMSNorm(W_DQ h_t)                                          eq. 6-9
    u_t = W_O Concat_i(sum over j <= t of softmax_j(q_ti . k_ji / sqrt(d + r)) v_ji)                          eq. 10, 11

Shapes: B examples, T positions, D width, L numbers of a latent, H heads, d width of a head, r rotated numbers.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.rotary_position_code import RotaryPositionCode
from implementations.concepts.normalisation.root_mean_square_normalisation import RootMeanSquareNormalisation
from kb.guards import checked_arguments

EPSILON = 1e-6
"""Added to the mean squares, as in the released model."""


class MultiHeadLatentAttention(nn.Module):
    """Causal attention of a sequence to itself; of earlier positions, latents and rotated keys are all that is needed.

    Args:
        width: Width D of the sequence.
        heads: Number H of heads.
        head_width: Width d of a head, without what is rotated.
        rotated: Even number r of features of queries and keys that are rotated.
        latent: Numbers L of the latent of keys and values.
        query_latent: Numbers of the latent of queries.

    Raises:
        ValueError: The number of rotated features is odd.

    Example:
        >>> MultiHeadLatentAttention(width=8)(torch.zeros(2, 5, 8)).shape
        torch.Size([2, 5, 8])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        width: int = 8,
        heads: int = 2,
        head_width: int = 4,
        rotated: int = 2,
        latent: int = 3,
        query_latent: int = 5,
    ) -> None:
        super().__init__()
        self.heads, self.head_width, self.rotated, self.latent = heads, head_width, rotated, latent
        self.query_down = nn.Linear(width, query_latent, bias=False)
        self.query_norm = RootMeanSquareNormalisation(width=query_latent, epsilon=EPSILON)
        self.query_up = nn.Linear(query_latent, heads * (head_width + rotated), bias=False)
        self.down = nn.Linear(width, latent + rotated, bias=False)
        self.norm = RootMeanSquareNormalisation(width=latent, epsilon=EPSILON)
        self.up = nn.Linear(latent, heads * 2 * head_width, bias=False)  # for each head, keys before values
        self.code = RotaryPositionCode(width=rotated)
        self.output = nn.Linear(heads * head_width, width, bias=False)

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the result of attention at every position."""
        latents, shared = self.cached(h)
        expanded = self.up(latents).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        keys, values = expanded.chunk(2, -1)  # [B, H, T, d] each
        keys = torch.cat([keys, shared[:, None].expand(-1, self.heads, -1, -1)], -1)
        mixed = F.scaled_dot_product_attention(self.queries(h), keys, values, is_causal=True)
        return self.output(mixed.transpose(1, 2).flatten(2))

    def cached(self, h: Float[Tensor, "B T D"]) -> tuple[Float[Tensor, "B T L"], Float[Tensor, "B T r"]]:
        """Return what later positions need: the latents, and the part of the keys that all heads share, rotated."""
        latents, shared = self.down(h).split([self.latent, self.rotated], -1)
        return self.norm(latents), self.code(shared)

    def queries(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B H T q"]:
        """Return the queries of every head, of which the last numbers are rotated."""
        query = self.query_up(self.query_norm(self.query_down(h))).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        plain, turned = query.split([self.head_width, self.rotated], -1)
        return torch.cat([plain, self.code(turned)], -1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"h": torch.randn(B, T, self.query_down.in_features, generator=generator)}
