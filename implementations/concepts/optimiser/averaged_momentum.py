"""Averaged momentum: a step against an exponential moving average of gradients.

Source: the lecture, S10.

Equations:
    V <- alpha V + (1 - alpha) g
    theta <- theta - gamma V

Shapes: any; it acts on every parameter alike.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from implementations.update_rule import UpdateRule
from kb.guards import checked_arguments


class AveragedMomentum(UpdateRule):
    """The lecture's momentum; the same steps as a heavy ball with learning rate gamma (1 - alpha).

    Args:
        parameters: The parameters to train.
        lr: Learning rate gamma.
        momentum: Share alpha of the average that is kept.

    Example:
        >>> weight = nn.Parameter(torch.tensor([0.0]))
        >>> weight.grad = torch.tensor([-1.0])
        >>> rule = AveragedMomentum([weight], lr=1.0, momentum=0.5)
        >>> for _ in range(2):
        ...     rule.step()
        >>> weight.item()  # 0.5 and 0.75 further
        1.25
    """

    @checked_arguments()
    def __init__(self, parameters: Iterable[nn.Parameter], *, lr: float = 1e-2, momentum: float = 0.9) -> None:
        super().__init__(parameters, lr=lr, momentum=momentum)

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the step against the average."""
        average = memory.get("average", torch.zeros_like(gradient))
        memory["average"] = torch.lerp(gradient, average, settings["momentum"])
        return -settings["lr"] * memory["average"]
