"""Experiment: do the returns that a Decision Transformer reaches follow those that it is given?

Source: Chen et al. 2021 (chen2021decision), sec. 5.2 and Figure 4 for returns that are given and reached, and sec. 5.1
for imitation of all walks and of the best.

Method: a grid of 4 x 4 cells, whose opposite edges are joined. Every cell has a reward from 0 to 3, which is drawn
once and given for every step into the cell. 2,000 walks of 8 random steps are recorded. A Decision Transformer is
trained on these, and then walks from random cells: it is given a return, from which rewards are subtracted as they
come, and its actions are drawn from the probabilities that it predicts. The returns that it is given are five quantiles
of those of the recorded walks. Three networks of the same size are trained otherwise: one with the returns of other
walks; one with zeros in place of returns, which is imitation; and one with zeros on the tenth of the walks that have
the highest returns.

Measures:
    given, reached: quantiles of the returns of the recorded walks, and the mean returns of walks that were given these.
    correlation: of the returns that are given and reached, over all walks.
    high, low: how far walks come that are given the highest and the lowest quantile: the difference of their mean
        return to the mean of the recorded walks, over that of the return that they are given.
    strangers_reached, strangers_correlation: the same for the network with returns of other walks.
    imitation: how far imitation of all walks comes, on the scale of `high`.
    best_tenth: how far imitation of the best tenth comes.
    imitation_reached, best_tenth_reached: mean returns of both, repeated for each quantile, which they are not given.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.decision.decision_transformer import DecisionTransformer
from implementations.claims.precision import double_precision
from implementations.concepts.synthetic_task.grid_world import MOVES
from kb.training import descend

SIDE, REWARDS, STEPS = 4, 4, 8
CELLS, ACTIONS = SIDE**2, len(MOVES)
RECORDED, BEST = 2000, 10
QUANTILES = (0.02, 0.25, 0.5, 0.75, 0.98)
WIDTH, HEADS, LAYERS = 32, 4, 1
BATCH, RATE, UPDATES = 64, 3e-3, 600
WALKED = 300


class Field:
    """Cells with rewards, and walks on them.

    Args:
        generator: Draws the rewards of the cells.
    """

    def __init__(self, generator: torch.Generator) -> None:
        self.rewards = torch.randint(0, REWARDS, (CELLS,), generator=generator).double()
        row, column = torch.arange(CELLS) // SIDE, torch.arange(CELLS) % SIDE
        steps = [SIDE * ((row + up) % SIDE) + (column + right) % SIDE for up, right in MOVES.values()]
        self.after = torch.stack(steps, 1)  # [cells, actions]

    def walks(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return the cells `[B, T]`, the actions and the returns to come of random walks."""
        actions = torch.randint(0, ACTIONS, (count, STEPS), generator=generator)
        cell = torch.randint(0, CELLS, (count,), generator=generator)
        cells, rewards = [], []
        for action in actions.unbind(1):
            cells.append(cell)
            cell = self.after[cell, action]
            rewards.append(self.rewards[cell])
        returns = torch.stack(rewards, 1).flip(1).cumsum(1).flip(1)
        return torch.stack(cells, 1), actions, returns


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Record walks, train the networks, and let them walk.

    Args:
        seed: Seed of rewards, walks and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    field = Field(generator)
    cells, actions, returns = field.walks(RECORDED, generator)
    mean, scale = returns[:, 0].mean(), returns[:, 0].std()
    given = torch.quantile(returns[:, 0], torch.tensor(QUANTILES))
    strangers = returns[torch.randperm(RECORDED, generator=generator)]
    best = returns[:, 0].argsort(descending=True)[: RECORDED // BEST]
    nothing = torch.zeros_like(returns)

    def reached(to_come: Tensor, chosen: Tensor | slice = slice(None), informed: bool = True) -> Tensor:
        """Train a network on walks, and return what it reaches for each return that it is given, `[given, walks]`."""
        network = trained((to_come / scale)[chosen], cells[chosen], actions[chosen], seed)
        walking = torch.Generator().manual_seed(seed)
        return torch.stack([walked(network, field, value, scale, walking, informed) for value in given])

    own, others = reached(returns), reached(strangers)
    imitation, tenth = (reached(nothing, chosen, informed=False) for chosen in (slice(None), best))

    def far(result: Tensor, target: Tensor) -> float:
        """Return how much of the way from the mean of the recorded walks to a return a result comes."""
        return ((result - mean) / (target - mean)).item()

    return {
        "given": given.tolist(),
        "reached": own.mean(1).tolist(),
        "correlation": correlation(given, own),
        "high": far(own[-1].mean(), given[-1]),
        "low": far(own[0].mean(), given[0]),
        "strangers_reached": others.mean(1).tolist(),
        "strangers_correlation": correlation(given, others),
        "imitation": far(imitation.mean(), given[-1]),
        "best_tenth": far(tenth.mean(), given[-1]),
        "imitation_reached": [imitation.mean().item()] * len(given),
        "best_tenth_reached": [tenth.mean().item()] * len(given),
    }


def inputs(to_come: Tensor, cells: Tensor, actions: Tensor) -> dict[str, Tensor]:
    """Return what the network sees: numbers of cells and actions are one-hot vectors."""
    states, taken = F.one_hot(cells, CELLS).double(), F.one_hot(actions, ACTIONS).double()
    return {"returns": to_come, "states": states, "actions": taken}


def trained(to_come: Tensor, cells: Tensor, actions: Tensor, seed: int) -> DecisionTransformer:
    """Train a network to predict the actions of recorded walks."""
    torch.manual_seed(seed)
    network = DecisionTransformer(
        features=CELLS, actions=ACTIONS, episode=STEPS, width=WIDTH, heads=HEADS, layers=LAYERS
    )
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        chosen = torch.randint(0, len(cells), (BATCH,), generator=generator)
        logits = network(**inputs(to_come[chosen], cells[chosen], actions[chosen]))
        return F.cross_entropy(logits.flatten(0, 1), actions[chosen].flatten())

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=UPDATES)
    return network


@torch.no_grad()
def walked(
    network: DecisionTransformer, field: Field, given: Tensor, scale: Tensor, generator: torch.Generator, informed: bool
) -> Tensor:
    """Let a network walk from random cells, and return the returns that it reaches.

    Args:
        network: Predicts actions.
        field: Where it walks.
        given: The return that it is given.
        scale: Returns are divided by this.
        generator: Draws cells and actions.
        informed: Whether it gets returns, or zeros in their place.
    """
    cell = torch.randint(0, CELLS, (WALKED,), generator=generator)
    reached = torch.zeros(WALKED)
    cells, actions, to_come = (torch.zeros(WALKED, STEPS, dtype=kind) for kind in (torch.long, torch.long, None))
    for t in range(STEPS):
        cells[:, t] = cell
        if informed:
            to_come[:, t] = (given - reached) / scale
        seen = inputs(to_come[:, : t + 1], cells[:, : t + 1], actions[:, : t + 1])
        chances = network(**seen)[:, t].softmax(1)
        actions[:, t] = action = torch.multinomial(chances, 1, generator=generator)[:, 0]
        cell = field.after[cell, action]
        reached += field.rewards[cell]
    return reached


def correlation(given: Tensor, reached: Tensor) -> float:
    """Return the correlation of the returns that are given and reached, over all walks."""
    return torch.corrcoef(torch.stack([given[:, None].expand_as(reached).flatten(), reached.flatten()]))[0, 1].item()
