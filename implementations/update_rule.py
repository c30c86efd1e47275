"""Update rules: optimisers that change every parameter by a rule, from its gradient and a memory of earlier steps."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn


class UpdateRule(torch.optim.Optimizer):
    """An optimiser in the sense of PyTorch, given by the change of one parameter in one step.

    A rule defines `change`; the loop over parameters, groups with their own settings, learning-rate schedules and
    saving to disk come from PyTorch.

    Args:
        parameters: Parameters, or groups of them.
        settings: The rule's hyper-parameters, by name.

    Raises:
        ValueError: A setting is negative.
    """

    def __init__(self, parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]], **settings: float) -> None:
        negative = {name: value for name, value in settings.items() if value < 0}
        if negative:
            raise ValueError(f"settings must not be negative: {negative}")
        super().__init__(parameters, settings)

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """Change all parameters that have a gradient, and return the loss where a closure computes it."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter += self.change(parameter.grad, self.state[parameter], group)
        return loss

    def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
        """Return the change of a parameter.

        Args:
            gradient: Its gradient.
            memory: What the rule keeps from earlier steps; empty at the first step; the rule updates it.
            settings: Hyper-parameters by name, with the learning rate as `lr`, the name that PyTorch's schedules know.
        """
        raise NotImplementedError
