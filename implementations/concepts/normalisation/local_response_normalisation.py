"""Local response normalisation: neighbouring channels compete at every position.

Source: Krizhevsky, Sutskever & Hinton 2012 (krizhevsky2012imagenet).

Equations:
    b[i] = a[i] / (k + alpha sum over j, |j - i| <= n / 2, of a[j]^2)^beta

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class LocalResponseNormalisation(nn.Module):
    """The formula, with the paper's constants.

    Args:
        size: Odd number n of channels over which squares are summed, the channel itself in their middle.
        alpha: Factor of the sum. PyTorch divides it by n; the paper does not.
        beta: Power.
        k: Constant that is added.

    Raises:
        ValueError: The size is even.

    Example:
        >>> LocalResponseNormalisation(alpha=1.0, beta=1.0, k=0.0)(torch.full((1, 1, 1, 1), 4.0)).item()
        0.25
    """

    @checked_arguments(alpha=0, k=0)
    def __init__(self, *, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0) -> None:
        super().__init__()
        if size % 2 == 0:
            raise ValueError(f"size ({size}) must be odd, to have a channel in the middle")
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return the normalised responses."""
        half = self.size // 2
        squares = F.pad(x.square(), (0, 0, 0, 0, half, half)).unfold(1, self.size, 1).sum(-1)  # [B, C, H, W]
        return x / (self.k + self.alpha * squares) ** self.beta

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 3) -> dict[str, Tensor]:
        """Return strong responses, so that the sum of squares is not negligible beside the constant."""
        return {"x": 100 * torch.randn(B, 7, H, W, generator=generator)}
