"""Exact checks of generalised advantage estimation."""

from typing import NamedTuple

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.value_learning.generalised_advantage_estimation import GeneralisedAdvantageEstimation

DISCOUNT, TRACE = 0.9, 0.7


class Steps(NamedTuple):
    """Steps of walks, in the order in which the estimate takes them."""

    reward: Tensor
    ended: Tensor
    values: Tensor
    following: Tensor


def double_sum_within_episodes(generator: torch.Generator) -> float:
    """Return the difference to a sum over later steps of the same episode, for every step."""
    steps = _steps(generator)
    expected = torch.zeros_like(steps.reward)
    for walk in range(len(expected)):
        for step in range(expected.shape[1]):
            for later in range(step, _last(steps, walk, step) + 1):
                expected[walk, step] += (DISCOUNT * TRACE) ** (later - step) * _error(steps, walk, later)
    return difference(GeneralisedAdvantageEstimation(discount=DISCOUNT, trace=TRACE)(*steps), expected)


def with_one_it_is_the_return_less_the_value(generator: torch.Generator) -> float:
    """Return the difference between estimates with lambda 1, and returns less the values of states."""
    steps = _steps(generator)
    expected = torch.zeros_like(steps.reward)
    for walk in range(len(expected)):
        for step in range(expected.shape[1]):
            last = _last(steps, walk, step)
            gained = sum(DISCOUNT ** (t - step) * float(steps.reward[walk, t]) for t in range(step, last + 1))
            if steps.ended[walk, last] == 0:  # cut off: the last value stands for what would have followed
                gained += DISCOUNT ** (last + 1 - step) * float(steps.following[walk, last])
            expected[walk, step] = gained - steps.values[walk, step]
    return difference(GeneralisedAdvantageEstimation(discount=DISCOUNT, trace=1.0)(*steps), expected)


def with_zero_it_is_the_error_of_the_step(generator: torch.Generator) -> float:
    """Return the difference between estimates with lambda 0, and errors of single steps."""
    steps = _steps(generator)
    rows = [[_error(steps, walk, step) for step in range(steps.reward.shape[1])] for walk in range(len(steps.reward))]
    expected = torch.tensor(rows, dtype=torch.float64)
    return difference(GeneralisedAdvantageEstimation(discount=DISCOUNT, trace=0.0)(*steps), expected)


def average_over_numbers_of_steps(generator: torch.Generator) -> float:
    """Return the difference at the first step of episodes to an average of estimates after one step, two, and so on."""
    reward, values = torch.randn(2, 3, 6, generator=generator, dtype=torch.float64)
    ended = torch.zeros_like(reward)
    ended[:, -1] = 1
    following = values.roll(-1, 1)  # the last one does not count, since the episode has ended
    found = GeneralisedAdvantageEstimation(discount=DISCOUNT, trace=TRACE)(reward, ended, values, following)[:, 0]
    powers, length = DISCOUNT ** torch.arange(6, dtype=torch.float64), reward.shape[1]
    expected = torch.zeros(3, dtype=torch.float64)
    for count in range(1, length + 1):
        estimated = (powers[:count] * reward[:, :count]).sum(1) - values[:, 0]
        if count < length:
            estimated = estimated + DISCOUNT**count * values[:, count]
        weight = (1 - TRACE) * TRACE ** (count - 1) if count < length else TRACE ** (count - 1)  # all beyond the end
        expected = expected + weight * estimated
    return difference(found, expected)


def _steps(generator: torch.Generator) -> Steps:
    """Return walks with episodes of one step and of several, and walks that are cut off."""
    reward = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    values = torch.randn(3, 8, generator=generator, dtype=torch.float64)
    ended = torch.zeros(3, 7, dtype=torch.float64)
    ended[0, 2], ended[0, 3], ended[1, 6] = 1, 1, 1
    return Steps(reward, ended, values[:, :-1], values[:, 1:])


def _last(steps: Steps, walk: int, step: int) -> int:
    """Return the last step of the episode, or of the walk."""
    return next((t for t in range(step, steps.ended.shape[1]) if steps.ended[walk, t]), steps.ended.shape[1] - 1)


def _error(steps: Steps, walk: int, step: int) -> float:
    reward, ended, value, following = (float(each[walk, step]) for each in steps)
    return reward - value if ended else reward + DISCOUNT * following - value
