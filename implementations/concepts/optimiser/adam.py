"""Adam: momentum, divided by a running root mean square, both corrected for starting at zero.

Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", Algorithm 1 (kingma2014adam).

Equations:
    m <- beta_1 m + (1 - beta_1) g,     m_hat = m / (1 - beta_1^t)
    s <- beta_2 s + (1 - beta_2) g^2,   s_hat = s / (1 - beta_2^t)
    theta <- theta - alpha m_hat / (sqrt(s_hat) + epsilon)

Shapes: any; it acts on every number separately.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from implementations.update_rule import UpdateRule
from kb.guards import checked_arguments


class Adam(UpdateRule):
    """Adaptive moment estimation.

    Args:
        parameters: The parameters to train.
        lr: Learning rate alpha, the size of the first step.
        first: Share beta_1 of the mean gradient that is kept.
        second: Share beta_2 of the mean square that is kept.
        epsilon: Added to the root.

    Raises:
        ValueError: A share is not below 1.

    Example:
        >>> weight = nn.Parameter(torch.tensor([1.0, 1.0]))
        >>> weight.grad = torch.tensor([100.0, 0.01])
        >>> Adam([weight], lr=0.1, epsilon=0.0).step()
        >>> weight
        Parameter containing:
        tensor([0.9000, 0.9000], requires_grad=True)
    """

    @checked_arguments()
    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        *,
        lr: float = 1e-3,
        first: float = 0.9,
        second: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        if max(first, second) >= 1:
            raise ValueError(f"first ({first}) and second ({second}) must be below 1")
        super().__init__(parameters, lr=lr, first=first, second=second, epsilon=epsilon)

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the step."""
        zero = torch.zeros_like(gradient)
        memory["step"] = memory.get("step", 0) + 1
        memory["mean"] = torch.lerp(gradient, memory.get("mean", zero), settings["first"])
        memory["square"] = torch.lerp(gradient.square(), memory.get("square", zero), settings["second"])
        mean = memory["mean"] / (1 - settings["first"] ** memory["step"])
        square = memory["square"] / (1 - settings["second"] ** memory["step"])
        return -settings["lr"] * mean / (square.sqrt() + settings["epsilon"])
