"""Exact checks of the restricted Boltzmann machine, on one small enough to list all its states."""

import math

import numpy as np
import torch
from sklearn.neural_network import BernoulliRBM
from torch import Tensor

from implementations.architectures.unsupervised.restricted_boltzmann_machine import RestrictedBoltzmannMachine
from implementations.claims.agreement import difference

VISIBLE, HIDDEN = 5, 4


def free_energies_add_up_to_the_partition_function(generator: torch.Generator) -> float:
    """Return the difference of Z, and of every P(x), between sums over pairs of states and over visible states.

    The energies of pairs are written out, and compared with the machine's own.
    """
    machine = _machine(generator)
    visible, hidden, energies = _states(VISIBLE), _states(HIDDEN), _energies(machine)
    alone = -machine.free_energy(visible)
    total = difference(torch.logsumexp(alone, 0), torch.logsumexp(-energies.flatten(), 0))
    shares = difference(alone.softmax(0), (-energies).flatten().softmax(0).view_as(energies).sum(1))
    pairs = machine.energy(visible.repeat_interleave(len(hidden), 0), hidden.repeat(len(visible), 1))
    return max(total, shares, difference(pairs, energies.flatten()))


def conditionals_are_the_enumerated_ones(generator: torch.Generator) -> float:
    """Return the difference of P(h_j = 1 | x) and P(x_i = 1 | h), for all states, from shares of the joint."""
    machine = _machine(generator)
    joint = (-_energies(machine)).exp()
    visible, hidden = _states(VISIBLE), _states(HIDDEN)
    given_x = joint @ hidden / joint.sum(1, keepdim=True)
    given_h = joint.T @ visible / joint.sum(0)[:, None]
    return max(difference(machine.hidden(visible), given_x), difference(machine.visible(hidden), given_h))


def likelihood_gradient_is_a_difference_of_expectations(generator: torch.Generator) -> float:
    """Return the difference of d log P(x) by the weights from the mean of h x' with x given, less that of the joint."""
    machine = _machine(generator)
    visible, hidden = _states(VISIBLE), _states(HIDDEN)
    data = visible[torch.randint(len(visible), (6,), generator=generator)]
    likelihood = (-machine.free_energy(data)).mean() - torch.logsumexp(-machine.free_energy(visible), 0)
    found = torch.autograd.grad(likelihood, [machine.weight, machine.hidden_bias, machine.visible_bias])
    joint = (-_energies(machine)).flatten().softmax(0).view(len(visible), len(hidden))
    given = machine.hidden(data)
    expected = [
        given.T @ data / len(data) - torch.einsum("xh,hj,xi->ji", joint, hidden, visible),
        given.mean(0) - joint.sum(0) @ hidden,
        data.mean(0) - joint.sum(1) @ visible,
    ]
    return max(difference(a, b) for a, b in zip(found, expected, strict=True))


def gibbs_sampling_leaves_the_distribution_as_it_is(generator: torch.Generator) -> float:
    """Return the change of P(x) by one step, whose probabilities are added up over all hidden states."""
    machine = _machine(generator)
    visible, hidden = _states(VISIBLE), _states(HIDDEN)
    up, down = _product(machine.hidden(visible), hidden), _product(machine.visible(hidden), visible)
    before = (-machine.free_energy(visible)).softmax(0)
    return difference(before @ (up @ down), before)


def gibbs_states_are_drawn(generator: torch.Generator) -> float:
    """Return how far states of chains are from all 0 or all 1, where one undecided unit determines all others.

    Also how far they are from 0 and 1, where all visible units are undecided.
    """
    machine = _machine(generator)
    with torch.no_grad():
        machine.weight.zero_()
        machine.hidden_bias.zero_()
        machine.weight[0] = 1600.0  # of one hidden unit, undecided where all visible units are 0
        machine.visible_bias.fill_(-800.0)
    x = machine.gibbs(torch.zeros(64, VISIBLE, dtype=torch.float64), generator)
    together = (x.amax(1) - x.amin(1)).abs().max() + (x.mean() * 0 if 0 < x.mean() < 1 else 1)
    with torch.no_grad():
        machine.weight.zero_()
        machine.visible_bias.zero_()
    free = machine.gibbs(x, generator)
    return float(torch.maximum(together, torch.minimum(free.abs(), (1 - free).abs()).max()))


def scikit_learn_agrees(generator: torch.Generator) -> float:
    """Return the difference of hidden probabilities and free energies from those of scikit-learn's machine."""
    machine = _machine(generator)
    peer = _scikit_learn(machine)
    x = _states(VISIBLE)
    answer = machine(x)
    hidden = difference(answer.h, torch.from_numpy(peer.transform(x.numpy())))
    return max(hidden, difference(answer.free_energy, torch.from_numpy(peer._free_energy(x.numpy()))))


def scikit_learn_makes_the_same_step(generator: torch.Generator) -> float:
    """Return the difference of a step against the gradient from scikit-learn's, which contrasts with the same states.

    Its chains start where the last ones ended; the visible states that it draws are drawn beforehand with the same
    random numbers.
    """
    machine = _machine(generator)
    peer = _scikit_learn(machine)
    data = _states(VISIBLE)[torch.randint(2**VISIBLE, (6,), generator=generator)]
    peer.h_samples_ = torch.randint(2, (6, HIDDEN), generator=generator).double().numpy()
    seed = int(torch.randint(2**31, (1,), generator=generator))
    contrast = torch.from_numpy(peer._sample_visibles(peer.h_samples_, np.random.RandomState(seed)).astype(float))
    loss = (machine.free_energy(data) - machine.free_energy(contrast)).mean()
    gradients = torch.autograd.grad(loss, [machine.weight, machine.hidden_bias, machine.visible_bias])
    before = [value.copy() for value in (peer.components_, peer.intercept_hidden_, peer.intercept_visible_)]
    peer._fit(data.numpy(), np.random.RandomState(seed))
    after = [peer.components_, peer.intercept_hidden_, peer.intercept_visible_]
    steps = [torch.from_numpy((new - old) / peer.learning_rate) for new, old in zip(after, before, strict=True)]
    return max(difference(-gradient, step) for gradient, step in zip(gradients, steps, strict=True))


def gaussian_units_integrate_to_the_partition_function(generator: torch.Generator) -> float:
    """Return the difference of Z between an integral over x of exp(-F) and a sum of normal integrals, one per h.

    There is one visible unit, and the integral is a sum over a fine grid, whose error vanishes faster than any power.
    """
    machine = _machine(generator, in_features=1, visible="gaussian")
    grid = torch.arange(-40, 40, 0.05, dtype=torch.float64)[:, None]
    integral = (-machine.free_energy(grid)).exp().sum() * 0.05
    hidden = _states(HIDDEN)
    centre = machine.visible(hidden)  # where the energy is least; around it the density is that of a normal variable
    expected = math.sqrt(2 * math.pi) * (-machine.energy(centre, hidden)).exp().sum()
    return difference(integral, expected)


def _machine(
    generator: torch.Generator, in_features: int = VISIBLE, visible: str = "bernoulli"
) -> RestrictedBoltzmannMachine:
    machine = RestrictedBoltzmannMachine(in_features=in_features, units=HIDDEN, visible=visible).double()
    with torch.no_grad():
        for parameter in machine.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return machine


def _scikit_learn(machine: RestrictedBoltzmannMachine) -> BernoulliRBM:
    """Return scikit-learn's machine with copies of the same weights."""
    peer = BernoulliRBM(n_components=HIDDEN)
    peer.components_ = machine.weight.detach().numpy().copy()
    peer.intercept_hidden_ = machine.hidden_bias.detach().numpy().copy()
    peer.intercept_visible_ = machine.visible_bias.detach().numpy().copy()
    return peer


def _states(units: int) -> Tensor:
    """Return all states `[2^units, units]`."""
    return torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * units)


def _energies(machine: RestrictedBoltzmannMachine) -> Tensor:
    """Return the energies of all pairs of states, written out as a sum over pairs of units."""
    visible, hidden = _states(VISIBLE), _states(HIDDEN)
    pairs = torch.einsum("hj,ji,xi->xh", hidden, machine.weight, visible)
    return -pairs - (hidden @ machine.hidden_bias) - (visible @ machine.visible_bias)[:, None]


def _product(probabilities: Tensor, states: Tensor) -> Tensor:
    """Return the probability `[rows, states]` of every state of independent units, for rows of chances to be one."""
    chosen = torch.where(states.bool(), probabilities[:, None], 1 - probabilities[:, None])  # [rows, states, units]
    return chosen.prod(2)
