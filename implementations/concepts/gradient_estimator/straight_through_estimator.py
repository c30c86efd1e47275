"""Straight-through estimator: a threshold whose derivative is replaced by one.

Source: Bengio, Leonard & Courville 2013 (bengio2013estimating); used without noise in Ozair & Bengio 2014
(ozair2014deep).

Equations:
    h = 1 where a > t, else 0      t: threshold
    dL/da := dL/dh in training; the true derivative is zero wherever it exists

Shapes: any.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class StraightThroughEstimator(nn.Module):
    """A threshold. In training, its derivative is replaced by one; in eval mode it is the true one, zero.

    Args:
        threshold: Where the step is; 0.5 for probabilities.

    Example:
        >>> a = torch.tensor([-0.5, 2.0], requires_grad=True)
        >>> h = StraightThroughEstimator()(a)
        >>> h.sum().backward()
        >>> h.detach(), a.grad
        (tensor([0., 1.]), tensor([1., 1.]))
    """

    @checked_arguments()
    def __init__(self, *, threshold: float = 0.0) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, a: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
        """Return 1 where the input is above the threshold, and 0 elsewhere."""
        hard = (a > self.threshold).to(a.dtype)
        return hard + (a - a.detach() if self.training else 0 * a)  # the value is unchanged, and a derivative is added

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"a": torch.randn(B, 5, generator=generator)}
