"""Grid world: walk to a goal on a grid with walls, seen from above.

Source: a Markov decision process of our own, small enough for value iteration.

Equations:
    reward 1 for reaching the goal, which ends the episode, else 0
    score = mean over states s of V(s),  V(s) = r(s, a) + gamma V(s'),  a = argmax of the network's values in s

Shapes: B transitions, C = 3 channels (agent, goal, walls), H = W = 4 cells, K = 4 actions.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments

SIZE, WALLS, DISCOUNT = 4, (5, 10), 0.9
MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
LONGEST = 400
"""Steps after which a return has converged: what comes later is discounted to less than rounding."""


class GridWorld:
    """Transitions of random actions in random states; the output is a value of every action.

    A target has the action, the reward, 1 where the episode ended, and the pixels of the next image. The test has all
    actions in all states, four rows for each state.

    Args:
        generator: Draws states and actions.
        batch_size: Transitions of a batch.

    Example:
        >>> inputs, target = GridWorld(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([64, 3, 4, 4]), torch.Size([64, 51]))
    """

    metric, higher_is_better = "mean discounted return", True
    steps, learning_rate = 800, 4e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        self.generator, self.batch_size = generator, batch_size
        free = [cell for cell in range(SIZE**2) if cell not in WALLS]
        self.states = [(agent, goal) for agent in free for goal in free if agent != goal]
        numbers = {state: number for number, state in enumerate(self.states)}
        landed = [[(_moved(agent, move), goal) for move in MOVES.values()] for agent, goal in self.states]
        self.ended = torch.tensor([[agent == goal for agent, goal in row] for row in landed]).double()  # [S, 4]
        self.following = torch.tensor([[numbers.get(state, 0) for state in row] for row in landed])
        self.images = torch.stack([_image(*state) for state in self.states])
        self.last = torch.stack([torch.stack([_image(*state) for state in row]) for row in landed])  # [S, 4, C, H, W]
        self.best = self.ended  # the reward is 1 exactly where the episode ends
        for _ in range(LONGEST):
            self.best = self._backed_up(self.best.amax(1))

    def _backed_up(self, values: Tensor) -> Tensor:
        """Return the values of actions, given those of the states after them."""
        return self.ended + DISCOUNT * (1 - self.ended) * values[self.following]

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random states, and what random actions led to."""
        states = torch.randint(0, len(self.states), (self.batch_size,), generator=self.generator)
        return self._transitions(states, torch.randint(0, len(MOVES), (self.batch_size,), generator=self.generator))

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all states, each four times, and what each of the actions leads to."""
        states, actions = torch.cartesian_prod(torch.arange(len(self.states)), torch.arange(len(MOVES))).unbind(1)
        return self._transitions(states, actions)

    def _transitions(self, states: Tensor, actions: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        ended, after = self.ended[states, actions].float(), self.last[states, actions].flatten(1)
        return {"x": self.images[states]}, torch.cat([torch.stack([actions, ended, ended], 1), after], 1)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the squared error of the optimal values, for networks that are not trained by rewards."""
        return (self._values(output, target) - self.best).square().mean()

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean return of the actions with the largest values, from all states."""
        greedy = self._values(output, target).argmax(1, keepdim=True)
        return self._return(torch.zeros_like(self.ended).scatter(1, greedy, 1.0))

    def baseline(self) -> float:
        """Return the mean return of the policy that maximises the next reward, at random where all are equal."""
        best = (self.ended == self.ended.amax(1, keepdim=True)).double()
        return self._return(best / best.sum(1, keepdim=True))

    def _values(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the values of all actions in all states, each from the row of that action."""
        return output.gather(1, target[:, :1].long()).view_as(self.ended)

    def _return(self, policy: Tensor) -> float:
        """Return the mean over states of what a policy, probabilities of actions in states, gets."""
        values = torch.zeros(len(policy), dtype=policy.dtype)
        for _ in range(LONGEST):
            values = (policy * self._backed_up(values)).sum(1)
        return float(values.mean())


def _moved(agent: int, move: tuple[int, int]) -> int:
    """Return the cell after a step, which walls and edges prevent."""
    row, column = agent // SIZE + move[0], agent % SIZE + move[1]
    cell = row * SIZE + column
    return cell if 0 <= row < SIZE and 0 <= column < SIZE and cell not in WALLS else agent


def _image(agent: int, goal: int) -> Tensor:
    """Return where the agent, the goal and the walls are."""
    image = torch.zeros(3, SIZE**2)
    image[0, agent] = image[1, goal] = 1
    image[2, list(WALLS)] = 1
    return image.view(3, SIZE, SIZE)


def examples(task: GridWorld, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return states, the actions that are best in them, and the one that a module values most."""
    names, chosen = list(MOVES), range(0, len(task.states), len(task.states) // count)
    rows = []
    for state in list(chosen)[:count]:
        best = task.best[state] >= task.best[state].max() - 1e-6
        target = " or ".join(name for name, good in zip(names, best.tolist(), strict=True) if good)
        output = names[int(module(x=task.images[state][None])[0].argmax())]
        rows.append({"image": task.images[state], "target": target, "output": output})
    return rows
