"""Exact checks of MADE, on all binary vectors."""

import torch
from torch import Tensor

from implementations.architectures.generative.made import MADE
from implementations.claims.agreement import difference

BITS = 6


def nets(generator: torch.Generator) -> list[MADE]:
    """Return networks with arbitrary weights, in both orders, of one and of two hidden layers."""
    found = [MADE(bits=BITS, depth=depth, shuffled=shuffled).double() for depth in (1, 2) for shuffled in (False, True)]
    for net in found:
        for parameter in net.parameters():
            parameter.data += torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return found


def every_vector() -> Tensor:
    """Return all 64 vectors of bits."""
    return (torch.arange(2**BITS)[:, None] >> torch.arange(BITS) & 1).double()


def probabilities(net: MADE, x: Tensor) -> Tensor:
    """Return p(x)."""
    return (-net.negative_log_likelihood(generator=torch.Generator(), x=x)).exp()


def probabilities_sum_to_one(generator: torch.Generator) -> float:
    """Return how far the probabilities of all vectors are from a sum of one."""
    return max(abs(probabilities(net, every_vector()).sum().item() - 1) for net in nets(generator))


def outputs_are_conditional_probabilities(generator: torch.Generator) -> float:
    """Return the difference of the outputs from the conditional probabilities by the table of all p(x)."""
    x, errors = every_vector(), []
    for net in nets(generator):
        table = probabilities(net, x)
        for number, place in enumerate(net.order):
            before = net.order[:number]
            same = (x[:, None, before] == x[None, :, before]).all(2).double()
            on = same @ (table * x[:, place]) / (same @ table)
            errors.append(difference(torch.sigmoid(net(x))[:, place], on))
    return max(errors)


def jacobian_is_strictly_triangular(generator: torch.Generator) -> float:
    """Return the largest derivative by an input at the own place or a later one in the order; 1 if another is zero."""
    x = torch.randn(200, BITS, generator=generator, dtype=torch.float64)  # some units are off, but not for all of these
    errors = []
    for net in nets(generator):
        jacobians = torch.func.vmap(torch.func.jacrev(lambda x, net=net: net(x[None])[0]))(x)
        largest = jacobians.abs().amax(0)[net.order][:, net.order]
        seen = largest[torch.ones_like(largest).tril(-1).bool()]
        errors.append(largest.triu().max().item() if seen.min() > 0 else 1.0)
    return max(errors)


def samples_have_these_probabilities(generator: torch.Generator) -> float:
    """Return by how much shares of 40,000 samples differ from the probabilities, beyond six errors of such shares."""
    count, errors = 40_000, []
    for net in nets(generator)[:2]:
        numbers = (net.sample(count, generator).long() << torch.arange(BITS)).sum(1)
        shares, expected = numbers.bincount(minlength=2**BITS) / count, probabilities(net, every_vector())
        room = 6 * (expected / count).sqrt() + 1 / count
        errors.append(((shares - expected).abs() - room).clamp(min=0).max().item())
    return max(errors)
