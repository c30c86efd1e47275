"""Recorded walks: from random walks to a goal that few of them reach, learn to walk there on a shortest path.

Source: after the illustrative example of Chen et al. 2021, sec. 1 (chen2021decision), which has walks on a graph.

Equations:
    reward -1 for every step until the goal is reached, return to come R_t = sum of the rewards from t on
    score = share of the steps of shortest paths of which the largest output is for an action on a shortest path

Shapes: B walks, T steps (4; 2 in the test), F = 18 features (cells of walker and goal, one-hot), K = 4 actions.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.synthetic_task.grid_world import MOVES
from kb.guards import checked_arguments

SIZE, STEPS, SHOWN, FAR = 3, 4, 2, 2
"""Cells of a side, steps of a walk, those of the test, and how far a goal is away there, at least."""


class RecordedWalks:
    """Continue walks as if they led to their goals; a target has 1 for the action taken, or for all that are right.

    Args:
        generator: Draws the walks, those of the test first.
        batch_size: Walks of a batch.

    Example:
        >>> inputs, target = RecordedWalks(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["returns"].shape, inputs["states"].shape, inputs["actions"].shape, target.shape
        (torch.Size([256, 4]), torch.Size([256, 4, 18]), torch.Size([256, 4, 4]), torch.Size([256, 4, 4]))
    """

    metric, higher_is_better = "share of steps on a shortest path", True
    steps, learning_rate = 400, 5e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 256) -> None:
        self.generator, self.batch_size = generator, batch_size
        cells = range(SIZE**2)
        self.after = torch.tensor([[_moved(cell, move) for move in MOVES.values()] for cell in cells])  # [cells, 4]
        self.distance = self._distances()
        starts = torch.cartesian_prod(torch.arange(SIZE**2), torch.arange(SIZE**2))
        far = starts[self.distance[starts[:, 0], starts[:, 1]] >= FAR]
        self._test = self._shortest(*far.unbind(1))

    def _distances(self) -> Tensor:
        """Return the least number of steps from every cell to every other."""
        distance = torch.full((SIZE**2, SIZE**2), SIZE**2)
        distance.fill_diagonal_(0)
        for _ in range(SIZE**2):
            distance = torch.minimum(distance, 1 + distance[self.after].amin(1))
        return distance

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random walks, and their actions."""
        place, goal = torch.randint(0, SIZE**2, (2, self.batch_size), generator=self.generator)
        actions = torch.randint(0, len(MOVES), (self.batch_size, STEPS), generator=self.generator)
        places = []
        for action in actions.unbind(1):
            places.append(place)
            place = torch.where(place == goal, goal, self.after[place, action])
        walked = torch.stack(places, 1)
        rewards = -(walked != goal[:, None]).float()
        returns = rewards.flip(1).cumsum(1).flip(1)
        taken = F.one_hot(actions, len(MOVES)).float()
        return self._inputs(returns, walked, goal, taken), taken

    def _shortest(self, place: Tensor, goal: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Return the first steps of shortest paths, and all actions that are on one."""
        places, right, taken = [], [], []
        for _ in range(SHOWN):
            places.append(place)
            good = self.distance[self.after[place], goal[:, None]] < self.distance[place, goal][:, None]  # [B, 4]
            action = torch.multinomial(good.float(), 1, generator=self.generator)[:, 0]
            right.append(good.float() / good.sum(1, keepdim=True))
            taken.append(F.one_hot(action, len(MOVES)).float())
            place = self.after[place, action]
        walked = torch.stack(places, 1)
        returns = -self.distance[walked, goal[:, None]].float()
        return self._inputs(returns, walked, goal, torch.stack(taken, 1)), torch.stack(right, 1)

    def _inputs(self, returns: Tensor, places: Tensor, goal: Tensor, actions: Tensor) -> dict[str, Tensor]:
        both = torch.stack([places, goal[:, None].expand_as(places)], 2)
        return {"returns": returns, "states": F.one_hot(both, SIZE**2).flatten(2).float(), "actions": actions}

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the first steps of shortest paths, and shares of the actions that are on one."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the cross-entropy of the actions."""
        return F.cross_entropy(output.flatten(0, 1), target.flatten(0, 1))

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of steps of which the largest output is for an action on a shortest path."""
        return float((target.gather(2, output.argmax(2, keepdim=True)) > 0).float().mean())

    def baseline(self) -> float:
        """Return the score of actions at random, in expectation."""
        return float((self._test[1] > 0).float().mean())


def _moved(cell: int, move: tuple[int, int]) -> int:
    """Return the cell after a step, which edges prevent."""
    row, column = cell // SIZE + move[0], cell % SIZE + move[1]
    return row * SIZE + column if 0 <= row < SIZE and 0 <= column < SIZE else cell


def examples(task: RecordedWalks, module: nn.Module, count: int) -> list[dict[str, str]]:
    """Return where walker and goal are, the actions on a shortest path, and the one that a module predicts first."""
    names, (inputs, target) = list(MOVES), task.test()
    chosen = slice(0, len(target), len(target) // count)
    places = inputs["states"][chosen, 0].unflatten(1, (2, -1)).argmax(2).tolist()
    predicted = module(**{name: value[chosen] for name, value in inputs.items()})[:, 0].argmax(1).tolist()
    rows = []
    for (place, goal), right, action in list(zip(places, target[chosen, 0], predicted, strict=True))[:count]:
        good = " or ".join(name for name, share in zip(names, right.tolist(), strict=True) if share)
        way = f"from {divmod(place, SIZE)} to {divmod(goal, SIZE)}"
        rows.append({"input": way, "target": good, "output": names[action]})
    return rows
