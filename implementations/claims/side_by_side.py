"""Side by side: networks of one shape that are trained in parallel, each on its own examples, for many runs in one."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F


class SideBySide:
    """Independent networks that are trained in parallel.

    Args:
        networks: Networks of one shape, which are copied.

    Example:
        >>> many = SideBySide([nn.Linear(3, 2), nn.Linear(3, 2)])
        >>> many(torch.zeros(2, 5, 3)).shape
        torch.Size([2, 5, 2])
    """

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        self.form = networks[0]
        self.weights = {name: stack.detach() for name, stack in stack_module_state(list(networks))[0].items()}

    def __call__(self, x: Tensor) -> Tensor:
        """Return the outputs `[networks, B, ...]` for inputs `[networks, B, ...]`."""
        return vmap(lambda weights, inputs: functional_call(self.form, weights, (inputs,)))(self.weights, x)

    def step(self, x: Tensor, labels: Tensor, rates: Tensor) -> None:
        """Take a step of gradient descent on the mean cross-entropy of each network, with a rate for each."""
        leaves = [weight.requires_grad_() for weight in self.weights.values()]
        losses = F.cross_entropy(self(x).flatten(0, 1), labels.flatten(), reduction="none").view(labels.shape).mean(1)
        slopes = torch.autograd.grad(losses.sum(), leaves)
        with torch.no_grad():
            for name, slope in zip(self.weights, slopes, strict=True):
                rate = rates.view(-1, *[1] * (slope.dim() - 1))
                self.weights[name] = self.weights[name].detach() - rate * slope

    @torch.no_grad()
    def wrong(self, x: Tensor, labels: Tensor) -> Tensor:
        """Return for each network the share of examples that it classifies wrongly."""
        return (self(x).argmax(2) != labels).float().mean(1)
