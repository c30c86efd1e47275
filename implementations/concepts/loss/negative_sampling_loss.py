"""Negative sampling: distinguish the right candidate from a few that were drawn at random, each by itself.

Source: Mikolov et al. 2013, "Distributed representations of words and phrases and their compositionality", eq. 4
(mikolov2013distributed).

Equations:
    loss = -log sigmoid(s_right) - sum over the drawn of log sigmoid(-s_drawn)

Shapes: B examples, K drawn candidates of each.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


class NegativeSamplingLoss(nn.Module):
    """Logistic loss of the score of the right candidate, plus that of the scores of drawn ones.

    Example:
        >>> NegativeSamplingLoss()(torch.zeros(1), torch.zeros(1, 3)).exp().round()
        tensor([16.])
    """

    def forward(self, right: Float[Tensor, " B"], drawn: Float[Tensor, "B K"]) -> Float[Tensor, " B"]:
        """Return the loss of every example, from the scores."""
        return F.softplus(-right) + F.softplus(drawn).sum(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4, K: int = 3) -> dict[str, Tensor]:
        """Return random scores."""
        return {"right": torch.randn(B, generator=generator), "drawn": torch.randn(B, K, generator=generator)}
