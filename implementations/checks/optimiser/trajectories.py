"""Trajectories of optimisers on a small network, to be compared with those of PyTorch's."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

STEPS = 20


def trajectory(
    optimiser: Callable[[list[nn.Parameter]], torch.optim.Optimizer], generator: torch.Generator, steps: int = STEPS
) -> Tensor:
    """Return all parameters of a small network after every step, `[steps, P]`, in float64.

    Args:
        optimiser: Makes an optimiser for given parameters.
        generator: Draws weights and data; equal states give equal problems.
        steps: Number of steps.
    """
    net = MLP(in_features=3, hidden=[5], out_features=2, activation="tanh").double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_(generator=generator)
    x = torch.randn(16, 3, generator=generator, dtype=torch.float64)
    y = torch.randn(16, 2, generator=generator, dtype=torch.float64)
    rule = optimiser(list(net.parameters()))
    visited = []
    for _ in range(steps):
        rule.zero_grad()
        (net(x) - y).square().mean().backward()
        rule.step()
        visited.append(torch.cat([parameter.detach().flatten() for parameter in net.parameters()]))
    return torch.stack(visited)


def disagreement(
    ours: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
    theirs: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
    generator: torch.Generator,
) -> float:
    """Return the largest difference between two trajectories from the same start on the same data."""
    state = generator.get_state()
    first = trajectory(ours, generator)
    generator.set_state(state)
    return difference(first, trajectory(theirs, generator))
