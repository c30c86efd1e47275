"""Exact checks of contrastive divergence: its gradient, and where it vanishes."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.loss.contrastive_divergence import contrastive_divergence


def gradient_is_that_of_data_less_that_of_samples(generator: torch.Generator) -> float:
    """Return the difference of the gradient from one free energy's less the other's, where samples depend on weights.

    There are three steps, by a map that depends on the weights: the gradient through it must not count.
    """
    weight = torch.randn(4, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    x = torch.randn(6, 4, generator=generator, dtype=torch.float64)

    def free_energy(x: Tensor) -> Tensor:
        return torch.tanh(x @ weight).sum(1)

    def step(x: Tensor) -> Tensor:
        return torch.tanh(x @ weight)

    (found,) = torch.autograd.grad(contrastive_divergence(free_energy, step, x, steps=3).sum(), weight)
    fixed = step(step(step(x))).detach()
    (data,) = torch.autograd.grad(free_energy(x).sum(), weight)
    (samples,) = torch.autograd.grad(free_energy(fixed).sum(), weight)
    return difference(found, data - samples)


def gradient_is_zero_at_the_models_own_distribution(generator: torch.Generator) -> float:
    """Return the mean gradient where data follow the model, relative to that of the data alone.

    There are five states, each with a free energy as its parameter, and a step of sampling that leaves their
    distribution unchanged. Chains start at every state, and all of their ends are weighted by their probabilities.
    """
    energies = torch.randn(5, generator=generator, dtype=torch.float64, requires_grad=True)
    model = (-energies.detach()).softmax(0)
    proposals = torch.ones(5, 5, dtype=torch.float64) / 5
    moves = proposals * (model / model[:, None]).clamp(max=1.0)  # the rule of Metropolis
    moves = moves + (1 - moves.sum(1)).diag()
    starts, ends = (index.flatten() for index in torch.meshgrid(torch.arange(5), torch.arange(5), indexing="ij"))
    weights = model[starts] * moves[starts, ends]
    losses = contrastive_divergence(lambda x: energies[x], lambda _: ends, starts)
    (gradient,) = torch.autograd.grad(weights @ losses, energies)
    return float(gradient.abs().max() / model.max())
