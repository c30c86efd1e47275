"""Heavy ball: a step against the gradient, plus a share of the last step.

Source: Polyak 1964, "Some methods of speeding up the convergence of iteration methods" (polyak1964some); Sutskever et
al. 2013 (sutskever2013importance) in the form with a velocity.

Equations:
    v <- mu v - eta g
    theta <- theta + v      or: theta_{t+1} = theta_t - eta g_t + mu (theta_t - theta_{t-1})

Shapes: any; it acts on every parameter alike.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from implementations.update_rule import UpdateRule
from kb.guards import checked_arguments


class HeavyBall(UpdateRule):
    """Gradient descent with momentum.

    Args:
        parameters: The parameters to train.
        lr: Learning rate eta.
        momentum: Share mu of the velocity that is kept.

    Example:
        >>> weight = nn.Parameter(torch.tensor([0.0]))
        >>> weight.grad = torch.tensor([-1.0])
        >>> ball = HeavyBall([weight], lr=1.0, momentum=0.5)
        >>> for _ in range(3):
        ...     ball.step()
        >>> weight.item()  # 1, 1.5 and 1.75 further
        4.25
    """

    @checked_arguments()
    def __init__(self, parameters: Iterable[nn.Parameter], *, lr: float = 1e-2, momentum: float = 0.9) -> None:
        super().__init__(parameters, lr=lr, momentum=momentum)

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the new velocity."""
        velocity = memory.get("velocity", torch.zeros_like(gradient))
        memory["velocity"] = settings["momentum"] * velocity - settings["lr"] * gradient
        return memory["velocity"]
