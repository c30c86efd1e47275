"""Token mixing: a multilayer perceptron across the tokens, the same for every channel.

Source: Tolstikhin et al. 2021 (tolstikhin2021mlp), without the normalisation and the shortcut around it.

Equations:
    y[:, d] = W2 sigma(W1 x[:, d] + b1) + b2      sigma: Gaussian error linear unit

Shapes: B examples, T tokens, D channels, U hidden units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class TokenMixing(nn.Module):
    """Two affine maps along the axis of tokens, with Gaussian error linear units between them.

    Args:
        tokens: Number T of tokens.
        hidden: Number U of hidden units.
    """

    @checked_arguments()
    def __init__(self, *, tokens: int = 4, hidden: int = 5) -> None:
        super().__init__()
        self.weight_in = nn.Parameter(torch.randn(hidden, tokens) / tokens**0.5)
        self.bias_in = nn.Parameter(torch.zeros(hidden))
        self.weight_out = nn.Parameter(torch.randn(tokens, hidden) / hidden**0.5)
        self.bias_out = nn.Parameter(torch.zeros(tokens))

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the mixed tokens."""
        h = torch.einsum("ut,btd->bud", self.weight_in, x) + self.bias_in[:, None]
        return torch.einsum("tu,bud->btd", self.weight_out, F.gelu(h)) + self.bias_out[:, None]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, D: int = 3) -> dict[str, Tensor]:
        """Return random tokens."""
        return {"x": torch.randn(B, self.weight_in.shape[1], D, generator=generator)}
