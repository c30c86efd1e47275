"""RMSprop: every gradient is divided by a running root mean square of itself.

Source: Tieleman & Hinton 2012, lecture 6.5 (tieleman2012rmsprop).

Equations:
    S <- beta S + (1 - beta) g^2      element by element
    theta <- theta - gamma g / (sqrt(S) + epsilon)

Shapes: any; it acts on every number separately.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from implementations.update_rule import UpdateRule
from kb.guards import checked_arguments


class RMSprop(UpdateRule):
    """Steps whose size in each direction does not depend on the scale of the gradient there.

    Args:
        parameters: The parameters to train.
        lr: Learning rate gamma.
        decay: Share beta of the mean square that is kept.
        epsilon: Added to the root.

    Example:
        >>> weight = nn.Parameter(torch.tensor([1.0, 1.0]))
        >>> weight.grad = torch.tensor([100.0, 0.01])
        >>> RMSprop([weight], lr=0.1, decay=0.0, epsilon=0.0).step()
        >>> weight
        Parameter containing:
        tensor([0.9000, 0.9000], requires_grad=True)
    """

    @checked_arguments()
    def __init__(
        self, parameters: Iterable[nn.Parameter], *, lr: float = 1e-3, decay: float = 0.9, epsilon: float = 1e-8
    ) -> None:
        super().__init__(parameters, lr=lr, decay=decay, epsilon=epsilon)

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the step."""
        square = memory.get("square", torch.zeros_like(gradient))
        memory["square"] = torch.lerp(gradient.square(), square, settings["decay"])
        return -settings["lr"] * gradient / (memory["square"].sqrt() + settings["epsilon"])
