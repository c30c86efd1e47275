"""InfoNCE loss: recognise the right candidate among several by its score.

Source: Oord, Li & Vinyals 2018 (oord2018representation), who named it; Sohn 2016 (sohn2016improved) had it before.

Equations:
    loss = -log(exp(s_right) / sum over i of exp(s_i))

Shapes: B examples, K candidates.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class InfoNCELoss(nn.Module):
    """Minus the logarithm of the probability that a softmax of the scores gives to the right candidate.

    Example:
        >>> InfoNCELoss()(torch.tensor([[0.0, 0.0, 0.0, 0.0]]), torch.tensor([2])).exp()
        tensor([4.])
    """

    def forward(self, scores: Float[Tensor, "B K"], right: Int[Tensor, " B"]) -> Float[Tensor, " B"]:
        """Return the loss of every example."""
        return scores.logsumexp(1) - scores.gather(1, right[:, None])[:, 0]

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random scores, and the right candidates."""
        scores = torch.randn(B, 5, generator=generator)
        return {"scores": scores, "right": torch.randint(0, 5, (B,), generator=generator)}
