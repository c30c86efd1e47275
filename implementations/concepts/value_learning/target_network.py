"""Target network: a copy of a network, whose weights follow the network's and get no gradient.

Source: Mnih et al. 2015, "Human-level control through deep reinforcement learning", Methods and Algorithm 1
(mnih2015human), where the weights are copied every C updates.

Equations:
    theta- <- (1 - tau) theta- + tau theta      tau = 1: a copy; a small tau: a moving average

Shapes: those of the network.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments


class TargetNetwork(nn.Module):
    """A copy whose weights are buffers: they are saved with the rest, and no optimiser changes them.

    Args:
        network: What is copied; a linear layer where none is given.

    Example:
        >>> network = nn.Linear(1, 1, bias=False)
        >>> target = TargetNetwork(network=network)
        >>> bool(target(torch.ones(1, 1)) == network(torch.ones(1, 1))), list(target.parameters())
        (True, [])
    """

    @checked_arguments()
    def __init__(self, *, network: nn.Module | None = None) -> None:
        super().__init__()
        self.copy = deepcopy(network or nn.Linear(3, 2))
        for part in self.copy.modules():
            for name, value in list(part.named_parameters(recurse=False)):
                delattr(part, name)
                part.register_buffer(name, value.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """Return what the copy computes, from which no gradient flows."""
        with torch.no_grad():
            return self.copy(x)

    @torch.no_grad()
    def follow(self, network: nn.Module, share: float = 1.0) -> None:
        """Move the weights towards those of the network, by a share of the difference."""
        for name, value in network.named_parameters():
            kept = self.copy.get_buffer(name)
            kept.lerp_(value, share)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, 3, generator=generator)}
