"""Nesterov momentum: the gradient is taken at the point to which the velocity leads.

Source: Nesterov 1983 (nesterov1983method), in the form of Sutskever et al. 2013 (sutskever2013importance).

Equations:
    v <- mu v - eta g(theta + mu v)
    theta <- theta + v
    In terms of the point phi = theta + mu v where the gradient is taken: phi <- phi + mu v - eta g(phi), with the new v

Shapes: any; it acts on every parameter alike.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from implementations.update_rule import UpdateRule
from kb.guards import checked_arguments


class NesterovMomentum(UpdateRule):
    """Momentum with a look ahead; its parameters are the points ahead, at which gradients are computed.

    Args:
        parameters: The parameters to train.
        lr: Learning rate eta.
        momentum: Share mu of the velocity that is kept.

    Example:
        >>> weight = nn.Parameter(torch.tensor([0.0]))
        >>> weight.grad = torch.tensor([-1.0])
        >>> NesterovMomentum([weight], lr=1.0, momentum=0.5).step()
        >>> weight.item()  # a step of 1, and half of it ahead
        1.5
    """

    @checked_arguments()
    def __init__(self, parameters: Iterable[nn.Parameter], *, lr: float = 1e-2, momentum: float = 0.9) -> None:
        super().__init__(parameters, lr=lr, momentum=momentum)

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the step from one point ahead to the next."""
        velocity = memory.get("velocity", torch.zeros_like(gradient))
        memory["velocity"] = settings["momentum"] * velocity - settings["lr"] * gradient
        return settings["momentum"] * memory["velocity"] - settings["lr"] * gradient
