"""Exact checks of the grid walks."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.synthetic_task.grid_walks import GridWalks
from implementations.concepts.synthetic_task.grid_world import MOVES, SIZE, WALLS

STEPS = 60


def walks_are_those_on_the_grid(generator: torch.Generator) -> float:
    """Return the largest difference between what tables say of random steps, and steps of an agent on the grid."""
    task = GridWalks(generator=generator, batch_size=4)
    inputs, tables = task.batch()
    moves, differences = list(MOVES.values()), []
    for start, table in zip(inputs["x"], tables, strict=True):
        agent, goal = (int(place.argmax()) for place in start.view(2, -1))
        first, number = agent, 0
        for action in torch.randint(0, len(moves), (STEPS,), generator=generator).tolist():
            (row, column), (down, right) = divmod(agent, SIZE), moves[action]
            cell = (row + down) * SIZE + column + right
            inside = 0 <= row + down < SIZE and 0 <= column + right < SIZE
            agent = cell if inside and cell not in WALLS else agent
            reached = float(agent == goal)
            following, reward, ended = table[number, 2 * SIZE**2 :].view(-1, 3)[action].tolist()
            number = 0 if ended else int(following)
            agent = first if reached else agent
            expected = torch.zeros(2, SIZE**2)
            expected[0, agent] = expected[1, goal] = 1
            differences += [abs(reward - reached), abs(ended - reached)]
            differences.append(difference(table[number, : 2 * SIZE**2], expected.flatten()))
    return max(differences)


def optimal_values_score_their_mean(generator: torch.Generator) -> float:
    """Return the difference between the score of the optimal values as logits, and their mean over states."""
    task = GridWalks(generator=generator)
    _, target = task.test()
    order = torch.randperm(len(target), generator=generator)
    return abs(task.score(task.best[order], target[order]) - float(task.best.amax(1).mean()))
