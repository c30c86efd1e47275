"""Q-learning target: the reward, and the discounted value of the best action in the next state.

Source: Watkins 1989 (watkins1989learning); Watkins & Dayan 1992 (watkins1992q).

Equations:
    y = r + gamma max over a' of Q(s', a'),   y = r where the episode has ended

Shapes: B transitions, K actions.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class QLearningTarget(nn.Module):
    """What the value of an action should be after one transition.

    Args:
        discount: Factor gamma by which a reward counts less for every step that it is later.

    Example:
        >>> QLearningTarget(discount=0.5)(torch.ones(2), torch.tensor([0.0, 1.0]), torch.tensor([[2.0, 4.0]] * 2))
        tensor([3., 1.])
    """

    @checked_arguments(discount=(0, 1))
    def __init__(self, *, discount: float = 0.9) -> None:
        super().__init__()
        self.discount = discount

    def forward(
        self, reward: Float[Tensor, " B"], ended: Float[Tensor, " B"], values: Float[Tensor, "B K"]
    ) -> Float[Tensor, " B"]:
        """Return the targets.

        Args:
            reward: Of the transitions.
            ended: 1 where the episode ended with it, else 0.
            values: Of the actions in the next states.
        """
        best = values.amax(1)
        return reward + self.discount * (1 - ended) * best

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random rewards and values; every second episode ends."""
        reward, values = torch.randn(B, generator=generator), torch.randn(B, 3, generator=generator)
        return {"reward": reward, "ended": (torch.arange(B) % 2).to(reward.dtype), "values": values}
