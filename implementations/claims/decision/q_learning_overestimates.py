"""Experiment: what random rewards do to estimated values, for targets with a maximum, two tables, or a mean.

Source: van Hasselt 2010 (hasselt2010double), the grid of its experiments.

Method: nine cells; every step costs 12 or gives 10, with the same probability. In the goal any action gives 5 and ends
the episode. 400 runs in parallel take random actions. Four learners see the same transitions and start from the true
values: Q-learning; Double Q-learning, where a coin chooses which of two tables is updated and the other table values
the action that looks best in the first; the values of the random policy, with a mean in the target; and Q-learning with
the expected rewards. The rate of an update is the number of updates of this value to the power of -0.8.

Measures:
    transitions: numbers of transitions after which errors are recorded.
    maximum, double, mean: estimated minus true value of the start, as means over runs. That of two tables is what
        either says of the action that looks best in the other.
    overestimation: the last of `maximum`.
    double_ratio: the last of `double`, over that.
    evaluation_ratio: the size of the last of `mean`, over that.
    quiet_error: the size of the error of Q-learning with the expected rewards.
"""

import torch
from torch import Tensor

from implementations.concepts.value_learning.q_learning_target import QLearningTarget

SIDE, START, GOAL, DISCOUNT = 3, 6, 2, 0.95
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
PAID, GIVEN, ARRIVED = -12.0, 10.0, 5.0
RUNS, RATE_POWER = 400, -0.8
RECORDED = (30, 100, 300, 1000, 3000, 5000)


class Table:
    """Estimated values of all states and actions for every run, with the number of their updates."""

    def __init__(self, values: Tensor) -> None:
        self.values = values.repeat(RUNS, 1, 1)  # [R, S, K]
        self.updates = torch.zeros_like(self.values)

    def of(self, states: Tensor) -> Tensor:
        """Return the values of all actions in a state of each run."""
        return self.values[torch.arange(RUNS), states]

    def update(self, states: Tensor, actions: Tensor, targets: Tensor, where: Tensor | None = None) -> None:
        """Move one value of each run, or of some of them, towards its target."""
        runs = torch.arange(RUNS)
        if where is not None:
            runs, states, actions, targets = (each[where] for each in (runs, states, actions, targets))
        at = runs, states, actions
        self.updates[at] += 1
        self.values[at] += self.updates[at] ** RATE_POWER * (targets - self.values[at])


def run(seed: int) -> dict[str, float | list[float]]:
    """Let all learners see the same random walk.

    Args:
        seed: Seed of actions, rewards and coins.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    following, target = landing(), QLearningTarget(discount=DISCOUNT)
    best, acting = solved(mean=False), solved(mean=True)
    learner, quiet, evaluator = Table(best), Table(best), Table(acting)
    one, other = Table(best), Table(best)
    states = torch.full((RUNS,), START)
    curves: dict[str, list[float]] = {"maximum": [], "double": [], "mean": []}
    for step in range(1, RECORDED[-1] + 1):
        actions = torch.randint(0, len(MOVES), (RUNS,), generator=generator)
        chances = torch.rand(2, RUNS, generator=generator, dtype=torch.float64)
        there = states == GOAL
        ended, next_states = there.double(), following[states, actions]
        reward = torch.where(chances[0] < 0.5, PAID, GIVEN).double().where(~there, ARRIVED)
        expected = torch.full_like(reward, (PAID + GIVEN) / 2).where(~there, ARRIVED)
        learner.update(states, actions, target(reward, ended, learner.of(next_states)))
        quiet.update(states, actions, target(expected, ended, quiet.of(next_states)))
        mean = evaluator.of(next_states).mean(1, keepdim=True)  # one value: its maximum is the mean
        evaluator.update(states, actions, target(reward, ended, mean))
        valued = valued_by(other, one, next_states), valued_by(one, other, next_states)
        coin = chances[1] < 0.5
        one.update(states, actions, target(reward, ended, valued[0][:, None]), coin)
        other.update(states, actions, target(reward, ended, valued[1][:, None]), ~coin)
        states = torch.where(there, START, next_states)
        if step in RECORDED:
            start = torch.full((RUNS,), START)
            crossed = (valued_by(other, one, start) + valued_by(one, other, start)) / 2
            true = best[START].max()
            curves["maximum"].append((learner.of(start).amax(1).mean() - true).item())
            curves["double"].append((crossed.mean() - true).item())
            curves["mean"].append((evaluator.of(start).mean() - acting[START].mean()).item())
    overestimation = curves["maximum"][-1]
    quiet_values = quiet.values[:, START].amax(1)
    return {
        "transitions": [float(step) for step in RECORDED],
        **curves,
        "overestimation": overestimation,
        "double_ratio": curves["double"][-1] / overestimation,
        "evaluation_ratio": abs(curves["mean"][-1]) / overestimation,
        "quiet_error": (quiet_values - best[START].max()).abs().max().item(),
    }


def valued_by(judge: Table, chooser: Table, states: Tensor) -> Tensor:
    """Return what one table says of the action that looks best in another."""
    return judge.of(states).gather(1, chooser.of(states).argmax(1, keepdim=True))[:, 0]


def landing() -> Tensor:
    """Return the cell that every action leads to, `[S, K]`; at the edge it is the same."""
    cells = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    inside = range(SIDE)
    return torch.tensor(
        [
            [SIDE * (r + up) + c + right if r + up in inside and c + right in inside else SIDE * r + c
             for up, right in MOVES]
            for r, c in cells
        ]
    )  # fmt: skip


def solved(*, mean: bool) -> Tensor:
    """Return the true values of all actions, of the best policy or of the random one, by value iteration."""
    following = landing()
    values = torch.zeros(following.shape, dtype=torch.float64)
    for _ in range(1000):
        of_states = values.mean(1) if mean else values.amax(1)
        values = (PAID + GIVEN) / 2 + DISCOUNT * of_states[following]
        values[GOAL] = ARRIVED
    return values
