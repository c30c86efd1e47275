"""Adam without bias correction: averaged momentum over the root of an averaged square, as in the lecture.

Source: the lecture, S10, "Rmsprop / ~Adam".

Equations:
    V <- alpha V + (1 - alpha) g
    S <- beta S + (1 - beta) g^2      element by element
    theta <- theta - gamma V / sqrt(S + epsilon)

Shapes: any; it acts on every number separately.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from implementations.update_rule import UpdateRule
from kb.guards import checked_arguments


class UncorrectedAdam(UpdateRule):
    """The lecture's rule. With alpha = 0 it is RMSprop with epsilon inside the root.

    Args:
        parameters: The parameters to train.
        lr: Learning rate gamma. The first step has the size gamma (1 - alpha) / sqrt(1 - beta): 3.16 gamma with the
            defaults.
        first: Share alpha of the mean gradient that is kept.
        second: Share beta of the mean square that is kept.
        epsilon: Added inside the root.

    Example:
        >>> weight = nn.Parameter(torch.tensor([1.0, 1.0]))
        >>> weight.grad = torch.tensor([100.0, 0.01])
        >>> UncorrectedAdam([weight], lr=0.1, epsilon=0.0).step()
        >>> weight
        Parameter containing:
        tensor([0.6838, 0.6838], requires_grad=True)
    """

    @checked_arguments()
    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        *,
        lr: float = 1e-3,
        first: float = 0.9,
        second: float = 0.999,
        epsilon: float = 1e-16,
    ) -> None:
        super().__init__(parameters, lr=lr, first=first, second=second, epsilon=epsilon)

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the step."""
        zero = torch.zeros_like(gradient)
        memory["mean"] = torch.lerp(gradient, memory.get("mean", zero), settings["first"])
        memory["square"] = torch.lerp(gradient.square(), memory.get("square", zero), settings["second"])
        return -settings["lr"] * memory["mean"] / (memory["square"] + settings["epsilon"]).sqrt()
