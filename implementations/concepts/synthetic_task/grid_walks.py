"""Grid walks: the grid world, whose steps are taken by the policy that is trained.

Source: the Markov decision process of the task `grid-world`.

Equations:
    score = mean over states s of V(s),  V(s) = r(s, a) + gamma V(s'),  a: the most probable action in s

Shapes: B episodes, F = 32 features of a state (where the agent and the goal are), S = 13 states with the same goal,
K = 4 actions, G = F + 3 K numbers of a state: its features, and for each action the number of the next state, the
reward, and 1 where the episode ends.
"""

import torch
from torch import Tensor, nn

from implementations.concepts.synthetic_task.grid_world import MOVES, GridWorld
from kb.guards import checked_arguments


class GridWalks(GridWorld):
    """Random starts, each with a table of where steps lead; the output, or the first one, is logits of the actions.

    Row 0 of a table is the start.

    Args:
        generator: Draws the starts.
        batch_size: Episodes of a batch.

    Example:
        >>> inputs, target = GridWalks(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([32, 32]), torch.Size([32, 13, 44]))
    """

    steps, learning_rate = 400, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 32) -> None:
        super().__init__(generator=generator, batch_size=batch_size)
        self.features = self.images[:, :2].flatten(1)  # [182, F]
        goals = torch.tensor([goal for _, goal in self.states])
        self.tables = torch.stack([self._table(start, goals) for start in range(len(self.states))])  # [182, S, G]

    def _table(self, start: int, goals: Tensor) -> Tensor:
        """Return where steps lead from the states with the same goal, of which the start is the first."""
        same = (goals == goals[start]).nonzero()[:, 0]
        same = torch.cat([same[same == start], same[same != start]])
        numbers = torch.zeros(len(goals)).index_copy(0, same, torch.arange(len(same)).float())
        ended = self.ended[same].float()
        steps = torch.stack([numbers[self.following[same]] * (1 - ended), ended, ended], 2)  # [S, K, 3]
        return torch.cat([self.features[same], steps.flatten(1)], 1)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random starts, and their tables."""
        starts = torch.randint(0, len(self.states), (self.batch_size,), generator=self.generator)
        return {"x": self.features[starts]}, self.tables[starts]

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all states, and their numbers."""
        return {"x": self.features}, torch.arange(len(self.states))

    def loss(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return minus the mean of the optimal values of the actions, for policies that are not trained by rewards."""
        return -(_logits(output).softmax(1) * self.best[target]).sum(1).mean()

    def score(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> float:
        """Return the mean return of the most probable actions, from all states, in the order of their numbers."""
        chosen = _logits(output)[target.argsort()].argmax(1, keepdim=True)
        return self._return(torch.zeros_like(self.ended).scatter(1, chosen, 1.0))


def _logits(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    """Return the first of several outputs."""
    return output if isinstance(output, Tensor) else output[0]


def examples(task: GridWalks, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return states, the actions that are best in them, and the one that is most probable."""
    names, rows = list(MOVES), []
    for state in list(range(0, len(task.states), len(task.states) // count))[:count]:
        best = task.best[state] >= task.best[state].max() - 1e-6
        target = " or ".join(name for name, good in zip(names, best.tolist(), strict=True) if good)
        output = names[int(_logits(module(x=task.features[state][None])).argmax())]
        rows.append({"image": task.images[state], "target": target, "output": output})
    return rows
