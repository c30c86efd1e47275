"""Position-weighted sum: adds up the words of a sentence, with weights by feature and position of the word.

Source: Sukhbaatar et al. 2015, sec. 4.1, position encoding (sukhbaatar2015end).

Equations:
    y_k = sum over j of l_kj x_jk
    l_kj = (1 - j / J) - (k / d) (1 - 2 j / J)     for feature k of d and word j of J, both counted from 1

Shapes: any leading axes, T words (J), D features (d).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class PositionWeightedSum(nn.Module):
    """A sum of words that depends on their order. It has no parameters.

    Example:
        >>> PositionWeightedSum()(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
        tensor([0.5000, 1.0000])
    """

    def forward(self, x: Float[Tensor, "*B T D"]) -> Float[Tensor, "*B D"]:
        """Return one vector for every sentence."""
        words, features = x.shape[-2:]
        exact = torch.promote_types(x.dtype, torch.float32)  # 16 bits cannot distinguish positions in a long sentence
        word = torch.arange(1, words + 1, dtype=exact, device=x.device)[:, None] / words
        feature = torch.arange(1, features + 1, dtype=exact, device=x.device) / features
        return ((1 - word - feature * (1 - 2 * word)).to(x.dtype) * x).sum(-2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random embedded words."""
        return {"x": torch.randn(B, T, 4, generator=generator)}
