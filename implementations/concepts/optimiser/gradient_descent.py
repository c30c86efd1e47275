"""Gradient descent: a small step against the gradient.

Source: the lecture, S6; Cauchy's method in today's notation.

Equations:
    theta <- theta - eta g

Shapes: any; it acts on every parameter alike.
"""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from implementations.update_rule import UpdateRule
from kb.guards import checked_arguments


class GradientDescent(UpdateRule):
    """Steps against the gradient.

    Args:
        parameters: The parameters to train.
        lr: Learning rate eta.

    Example:
        >>> import torch
        >>> weight = nn.Parameter(torch.tensor([1.0]))
        >>> weight.grad = torch.tensor([2.0])
        >>> GradientDescent([weight], lr=0.25).step()
        >>> weight.item()
        0.5
    """

    @checked_arguments()
    def __init__(self, parameters: Iterable[nn.Parameter], *, lr: float = 1e-2) -> None:
        super().__init__(parameters, lr=lr)

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the step."""
        return -settings["lr"] * gradient
