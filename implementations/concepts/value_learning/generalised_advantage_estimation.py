"""Generalised advantage estimation: a discounted sum of the errors by which rewards surprise the values of states.

Source: Schulman et al. 2016, "High-dimensional continuous control using generalized advantage estimation", eq. 16
(schulman2016high); for steps that are cut off after T, Schulman et al. 2017, eq. 11 and 12 (schulman2017proximal).

Equations:
    delta_t = r_t + gamma V(s_{t+1}) - V(s_t),   without V(s_{t+1}) where the episode ended
    A_t = delta_t + gamma lambda A_{t+1},   without A_{t+1} where the episode ended, and after the last step

Shapes: B sequences of steps, T steps.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class GeneralisedAdvantageEstimation(nn.Module):
    """How much better actions were than the policy is on average, estimated from what followed.

    Args:
        discount: Factor gamma by which a reward counts less for every step that it is later.
        trace: Factor lambda by which an error counts less besides: 0 trusts the values, 1 the rewards.

    Example:
        >>> estimate, zero = GeneralisedAdvantageEstimation(discount=0.5, trace=1.0), torch.zeros(1, 3)
        >>> estimate(torch.ones(1, 3), zero, values=zero, following=zero)
        tensor([[1.7500, 1.5000, 1.0000]])
    """

    @checked_arguments(discount=(0, 1), trace=(0, 1))
    def __init__(self, *, discount: float = 0.9, trace: float = 0.8) -> None:
        super().__init__()
        self.discount, self.trace = discount, trace

    def forward(
        self,
        reward: Float[Tensor, "B T"],
        ended: Float[Tensor, "B T"],
        values: Float[Tensor, "B T"],
        following: Float[Tensor, "B T"],
    ) -> Float[Tensor, "B T"]:
        """Return the advantages of the actions.

        Args:
            reward: Of the steps.
            ended: 1 where the episode ended with the step, else 0; the next step is of another episode.
            values: Of the states before the steps.
            following: Of the states after the steps, which count where the episode goes on.
        """
        error = reward + self.discount * (1 - ended) * following - values
        kept = self.discount * self.trace * (1 - ended)
        advantage, later = [], torch.zeros_like(error[:, 0])
        for step in reversed(range(error.shape[1])):
            later = error[:, step] + kept[:, step] * later
            advantage.append(later)
        return torch.stack(advantage[::-1], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random rewards and values; every third step ends an episode."""
        reward, values, following = torch.randn(3, B, T, generator=generator)
        ended = (torch.arange(T) % 3 == 2).to(reward.dtype).expand(B, T)
        return {"reward": reward, "ended": ended, "values": values, "following": following}
