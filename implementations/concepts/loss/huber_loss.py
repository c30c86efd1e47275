"""Huber loss: half of the squared error where it is small, and the absolute error where it is large.

Source: Huber 1964 (huber1964robust).

Equations:
    loss(e) = 1/2 e^2  where |e| <= delta,  else  delta |e| - 1/2 delta^2

Shapes: B examples.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class HuberLoss(nn.Module):
    """A loss whose derivative is the error, clipped to at most a threshold in size.

    Args:
        threshold: Size delta of errors from which on the loss is linear.

    Example:
        >>> HuberLoss()(torch.tensor([0.5, -3.0]))
        tensor([0.1250, 2.5000])
    """

    @checked_arguments(threshold=0)
    def __init__(self, *, threshold: float = 1.0) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, error: Float[Tensor, " B"]) -> Float[Tensor, " B"]:
        """Return the loss of every error."""
        clipped = error.clamp(-self.threshold, self.threshold)
        return clipped * (error - clipped / 2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 6) -> dict[str, Tensor]:
        """Return random errors, some of them beyond the threshold."""
        return {"error": 2 * self.threshold * torch.randn(B, generator=generator)}
