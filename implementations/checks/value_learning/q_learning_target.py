"""Exact checks of the Q-learning target."""

from itertools import product

import torch

from implementations.claims.agreement import difference
from implementations.concepts.value_learning.q_learning_target import QLearningTarget

STATES, ACTIONS, DISCOUNT, ROUNDS = 4, 3, 0.5, 60


def leads_to_the_best_policy(generator: torch.Generator) -> float:
    """Return the difference between values by repeated targets, and those of the best of all 81 policies."""
    draw = {"generator": generator, "dtype": torch.float64}
    chances = torch.rand(STATES, ACTIONS, STATES, **draw)
    chances /= chances.sum(2, keepdim=True)
    reward = torch.randn(STATES, ACTIONS, STATES, **draw)
    target, values = QLearningTarget(discount=DISCOUNT), torch.zeros(STATES, ACTIONS, dtype=torch.float64)
    following = torch.arange(STATES).repeat(STATES * ACTIONS)  # every next state of every action of every state
    ended = torch.zeros(len(following), dtype=torch.float64)
    for _ in range(ROUNDS):
        sampled = target(reward.flatten(), ended, values[following])
        values = (chances * sampled.view_as(chances)).sum(2)
    expected, here = (chances * reward).sum(2), torch.arange(STATES)
    best = torch.full((STATES,), -torch.inf, dtype=torch.float64)
    for policy in product(range(ACTIONS), repeat=STATES):
        chosen = torch.tensor(policy)
        system = torch.eye(STATES, dtype=torch.float64) - DISCOUNT * chances[here, chosen]
        best = best.maximum(torch.linalg.solve(system, expected[here, chosen]))
    return difference(values, expected + DISCOUNT * chances @ best)


def nothing_after_the_end(generator: torch.Generator) -> float:
    """Return the difference between targets of transitions that end, and their rewards."""
    reward, values = torch.randn(5, generator=generator).double(), torch.randn(5, 3, generator=generator).double()
    return difference(QLearningTarget()(reward, torch.ones(5, dtype=torch.float64), values), reward)
