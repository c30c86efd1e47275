"""Relative-position attention: weights depend on contents and on distances, not on positions.

Source: Dai et al. 2019, "Transformer-XL: attentive language models beyond a fixed-length context" (dai2019transformer).

Equations:
    score(i, j) = (q_i + u) . k_j + (q_i + v) . r_{i-j}      for j <= i, divided by the root of a head's width
    r_d = W_R PE(d), with the sinusoidal code of the distance; u and v are learned, the same for all positions

Shapes: B examples, T positions, M earlier positions, S = M + T positions that are attended to, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.sinusoidal_position_code import SinusoidalPositionCode
from kb.guards import checked_arguments


class RelativePositionAttention(nn.Module):
    """Causal multi-head attention of a segment to itself and to earlier positions.

    Args:
        width: Width D.
        heads: Number of heads; must divide the width.

    Raises:
        ValueError: The heads do not divide the width.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8, heads: int = 2) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        self.heads, self.width = heads, width
        names = ("query", "key", "value", "distance", "output")
        self.query, self.key, self.value, self.distance, self.output = (
            nn.Linear(width, width, bias=False) for _ in names
        )
        self.content_bias = nn.Parameter(torch.zeros(heads, 1, width // heads))
        self.distance_bias = nn.Parameter(torch.zeros(heads, 1, width // heads))
        self.code = SinusoidalPositionCode(width=width)

    def forward(self, x: Float[Tensor, "B T D"], seen: Float[Tensor, "B S D"]) -> Float[Tensor, "B T D"]:
        """Return the result of attention at every position of the segment; `seen` ends with the segment itself."""
        q, k, v = (self._split(part) for part in (self.query(x), self.key(seen), self.value(seen)))
        scores = (q + self.content_bias) @ k.mT + self._by_distance(q + self.distance_bias, seen)
        later = self._distances(x, seen) < 0
        weights = (scores / q.shape[-1] ** 0.5).masked_fill(later, float("-inf")).softmax(-1)
        return self.output((weights @ v).transpose(1, 2).flatten(2))  # [B, T, D]

    def _split(self, x: Tensor) -> Float[Tensor, "B heads positions d"]:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def _distances(self, x: Tensor, seen: Tensor) -> Tensor:
        """Return how far back each seen position lies from each of the segment, `[T, S]`; below 0 if later."""
        steps = torch.arange(seen.shape[1], device=x.device)
        return steps[-x.shape[1] :, None] - steps

    def _by_distance(self, q: Tensor, seen: Tensor) -> Tensor:
        """Return the scores of distances: one product for each distance, which is then assigned to each pair."""
        codes = self.code(seen.new_zeros(1, seen.shape[1], self.width))  # of distances 0 to S - 1
        products = q @ self._split(self.distance(codes)).mT  # [B, heads, T, S distances]
        distances = self._distances(q.transpose(1, 2), seen).clamp(min=0)
        return products.gather(-1, distances.expand(products.shape))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 3) -> dict[str, Tensor]:
        """Return a segment, and the same after two earlier positions."""
        seen = torch.randn(B, T + 2, self.width, generator=generator)
        return {"x": seen[:, 2:].clone(), "seen": seen}
