"""adaLN-Zero: a normalised residual branch whose scale, shift and gate depend on a condition; all start at zero.

Source: Peebles & Xie 2023, "Scalable diffusion models with transformers", sec. 3.2 (peebles2022scalable).

Equations:
    shift, scale, gate = W swish(c) + b              W = 0 and b = 0 at the start
    y = x + gate * F((1 + scale) * LN(x) + shift)    LN: layer normalisation without weights of its own

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

EPSILON = 1e-6
"""Added to the variances, as in the authors' code."""


class AdaLNZero(nn.Module):
    """A residual branch that gets a condition, the same for all positions.

    Args:
        width: Width D of the features, and of the condition.
        branch: The function F of a sequence; by default a small linear layer.

    Example:
        >>> AdaLNZero()(torch.ones(1, 3, 4), torch.ones(1, 4)).sum().item()
        12.0
    """

    @checked_arguments()
    def __init__(self, *, width: int = 4, branch: nn.Module | None = None) -> None:
        super().__init__()
        self.modulation = nn.Linear(width, 3 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)
        self.norm = nn.LayerNorm(width, eps=EPSILON, elementwise_affine=False)
        self.branch = nn.Linear(width, width) if branch is None else branch

    def forward(self, x: Float[Tensor, "B T D"], condition: Float[Tensor, "B D"]) -> Float[Tensor, "B T D"]:
        """Return the features plus the gated branch; before training they are returned as they are."""
        shift, scale, gate = self.modulation(F.silu(condition))[:, None].chunk(3, 2)  # [B, 1, D] each
        return x + gate * self.branch(self.norm(x) * (1 + scale) + shift)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 3) -> dict[str, Tensor]:
        """Return random features and a random condition."""
        width = self.modulation.in_features
        return {
            "x": torch.randn(B, T, width, generator=generator),
            "condition": torch.randn(B, width, generator=generator),
        }
