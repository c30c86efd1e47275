"""Focal loss: the cross-entropy of yes and no, with less weight for examples that are classified well.

Source: Lin et al. 2017, eq. 4 and 5 (lin2017focal).

Equations:
    p = sigmoid(z),  p_t = p where y = 1, else 1 - p;  alpha_t = alpha where y = 1, else 1 - alpha
    loss = -alpha_t (1 - p_t)^gamma log p_t

Shapes: B examples.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class FocalLoss(nn.Module):
    """A loss for classes of which one is rare.

    Args:
        focus: Exponent gamma; with 0 it is the cross-entropy.
        share: Weight alpha of the examples whose target is 1; the others have 1 - alpha.

    Example:
        >>> FocalLoss()(torch.tensor([0.0, 0.0]), torch.tensor([1, 0]))  # log 2 / 4, times 1 / 4 and 3 / 4
        tensor([0.0433, 0.1300])
    """

    @checked_arguments(focus=0, share=(0, 1))
    def __init__(self, *, focus: float = 2.0, share: float = 0.25) -> None:
        super().__init__()
        self.focus, self.share = focus, share

    def forward(self, logits: Float[Tensor, " B"], target: Int[Tensor, " B"]) -> Float[Tensor, " B"]:
        """Return the loss of every example; targets are 0 or 1."""
        positive = target.to(logits)
        signed = torch.where(target > 0, logits, -logits)
        weight = self.share * positive + (1 - self.share) * (1 - positive)
        return -weight * torch.sigmoid(-signed) ** self.focus * F.logsigmoid(signed)

    def example_inputs(self, generator: torch.Generator, *, B: int = 6) -> dict[str, Tensor]:
        """Return random logits and targets."""
        target = torch.randint(0, 2, (B,), generator=generator)
        return {"logits": torch.randn(B, generator=generator), "target": target}
