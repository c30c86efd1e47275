"""Experiment: a recurrent network whose gradients vanish is trained on the vanishing-gradient regulariser alone.

Source: Pascanu, Mikolov & Bengio 2013, eq. 9 and 10 (pascanu2013difficulty); the lecture, S21.

Method: 32 tanh units read 50 steps of normal inputs of standard deviation 0.25; the target of the last state is a
random vector, so that its gradient is the difference. Only recurrent weights are trained, and only on the penalty: in
each of 1200 steps, on a fresh batch, states and gradients are computed and then held fixed, as in eq. 10. Weights move
to the end, and how far depends on how a processor rounds, so that what is measured after training is the mean of ten
measurements, over the last 200 steps.

Measures:
    log10_ratio_before, log10_ratio_after: log10 of the length of the gradient at the first state divided by that at the
        last, median over sequences, before and after training.
    penalty_before, penalty_after: log10 of the penalty itself, per step of time.
    penalty_orthogonal: the penalty for linear units and orthogonal weights.
    log10_ratio_error: as `log10_ratio_after`, where the same weights are trained equally long on the error itself; each
        of the ten counts as -5 where it is lower.
    lag: 0, 1, .., 49; before, after: log10 of the length of the gradient by lag, relative to the last state's.
"""

import copy
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.precision import double_precision
from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation
from implementations.concepts.regulariser.vanishing_gradient_regulariser import vanishing_gradient_penalty
from kb.training import descend

UNITS, FEATURES, LENGTH, BATCH, RATE, GAIN = 32, 4, 50, 32, 1e-2, 0.5
FIRST_STEPS, STEPS, TIMES = 1000, 20, 10
SIZE, LEAST = 0.25, -5.0


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train the recurrent weights on the penalty, and measure the gradients of all states.

    Args:
        seed: Seed of weights, inputs and targets.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    network = RecurrentNetwork(in_features=FEATURES, units=UNITS)
    weight = network.recurrent.weight
    with torch.no_grad():
        weight.copy_(GAIN * torch.randn(UNITS, UNITS) / UNITS**0.5)
    x = SIZE * torch.randn(BATCH, LENGTH, FEATURES)
    before, penalty_before = lengths(network, x), penalty(network, x)
    other = copy.deepcopy(network)
    after, penalties = zip(
        *((lengths(network, x), penalty(network, x)) for _ in trained(network, lambda fresh: penalty(network, fresh))),
        strict=True,
    )
    ratios_error = [lengths(other, x)[-1] for _ in trained(other, lambda fresh: error(other(fresh).h))]
    mean_after = torch.stack(after).mean(0)
    return {
        "log10_ratio_before": before[-1].item(),
        "log10_ratio_after": mean_after[-1].item(),
        "penalty_before": penalty_before.log10().item(),
        "penalty_after": torch.stack(penalties).log10().mean().item(),
        "penalty_orthogonal": linear_penalty(x),
        "log10_ratio_error": torch.stack(ratios_error).clamp(min=LEAST).mean().item(),
        "lag": [float(lag) for lag in range(LENGTH)],
        "before": before.tolist(),
        "after": mean_after.tolist(),
    }


def trained(network: RecurrentNetwork, loss: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Lower a loss of fresh inputs by steps of the recurrent weights only, and stop for each of the measurements."""
    optimiser = torch.optim.Adam([network.recurrent.weight], lr=RATE)
    for steps in (FIRST_STEPS, *[STEPS] * TIMES):
        descend(optimiser, lambda: loss(SIZE * torch.randn(BATCH, LENGTH, FEATURES)), steps=steps)
        if steps == STEPS:
            yield


def error(h: Tensor) -> Tensor:
    """Return half the squared distance of states from random vectors."""
    return (h - torch.randn_like(h)).square().sum() / 2


def gradients(network: RecurrentNetwork, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return all states and their gradients `[B, T, U]`, for an error at the last state."""
    h, states = x.new_zeros(len(x), UNITS, requires_grad=True), []
    for step in x.unbind(1):
        h = network(step[:, None], h).h
        states.append(h)
    return torch.stack(states, 1), torch.stack(torch.autograd.grad(error(h), states), 1)


def penalty(network: RecurrentNetwork, x: Tensor) -> Tensor:
    """Return the penalty for each step of time; only the recurrent weights have a gradient."""
    states, slopes = gradients(network, x)
    return vanishing_gradient_penalty(network.recurrent.weight, states[:, 1:], slopes[:, 1:]) / (LENGTH - 1)


def lengths(network: RecurrentNetwork, x: Tensor) -> Tensor:
    """Return log10 of the length of the gradient by lag, relative to the last state's; medians over the batch."""
    norms = gradients(network, x)[1].norm(dim=2).flip(1)
    return (norms / norms[:, :1]).median(0).values.log10()


def linear_penalty(x: Tensor) -> float:
    """Return the penalty for orthogonal weights where states are zero, at which a tanh is linear."""
    weight = orthogonal_initialisation(x.new_empty(UNITS, UNITS))
    zeros = x.new_zeros(*x.shape[:2], UNITS)
    return vanishing_gradient_penalty(weight, zeros, torch.randn_like(zeros)).item()
