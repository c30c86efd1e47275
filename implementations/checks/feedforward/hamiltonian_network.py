"""Exact checks of the Hamiltonian network."""

import torch

from implementations.architectures.feedforward.hamiltonian_network import HamiltonianNetwork
from implementations.claims.agreement import difference

STEP, STEPS = 0.05, 10


def randomised(generator: torch.Generator) -> HamiltonianNetwork:
    """Return a network with large arbitrary weights, for two positions and two momenta."""
    net = HamiltonianNetwork().double()
    for parameter in net.parameters():
        parameter.data += 0.5 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def states(generator: torch.Generator) -> torch.Tensor:
    """Return 20 random states."""
    return torch.randn(20, 4, generator=generator, dtype=torch.float64)


def written_out(generator: torch.Generator) -> float:
    """Return the difference from Hamilton's equations with the derivatives of the energy, number by number."""
    net, x = randomised(generator), states(generator).requires_grad_()
    slopes = torch.autograd.grad(net.energy(x).sum(), x)[0]
    return difference(net(x), torch.stack([slopes[:, 2], slopes[:, 3], -slopes[:, 0], -slopes[:, 1]], 1))


def energy_is_conserved(generator: torch.Generator) -> float:
    """Return the rate at which the energy changes, relative to the largest of the terms that have to cancel."""
    net, x = randomised(generator), states(generator).requires_grad_()
    terms = torch.autograd.grad(net.energy(x).sum(), x)[0] * net(x)
    return (terms.sum(1).abs().max() / terms.abs().max()).item()


def divergence_is_zero(generator: torch.Generator) -> float:
    """Return the trace of the Jacobian, relative to its largest entry on the diagonal: the flow preserves volumes."""
    net = randomised(generator)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(states(generator))
    diagonals = jacobians.diagonal(dim1=1, dim2=2)
    return (diagonals.sum(1).abs().max() / diagonals.abs().max()).item()


def flow_returns(generator: torch.Generator) -> float:
    """Return the distance from the start after a while forwards and as long backwards, by the implicit midpoint rule.

    The rule is its own inverse with a negative step, so that what remains is the accuracy of its fixed point.
    """
    net, start = randomised(generator), states(generator)
    with torch.no_grad():
        x = start
        for step in [STEP] * STEPS + [-STEP] * STEPS:
            after = x
            for _ in range(30):
                after = x + step * net((x + after) / 2)
            x = after
    return difference(x, start)
