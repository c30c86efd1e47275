"""Experiment: a perceptron of upright digits is adapted to rotated ones, by all its weights or by updates of low rank.

Source: Hu et al. 2021 (hu2021lora), who adapt language models.

Method: a perceptron with two hidden layers is trained on digits. Copies of it are then trained on the same images,
rotated by 90 degrees: one with all weights, others with updates of rank 1, 2, 4 and 8 of all three matrices. All are
tested on rotated images that were set aside.

Measures:
    unadapted: accuracy of the network on rotated digits before it is adapted.
    all_weights: accuracy after all weights are trained.
    low_rank: accuracy after updates of rank 4 are trained.
    loss_of_accuracy: all_weights less low_rank.
    share: weights that are trained with rank 4, as a share of all.
    ranks, by_rank: ranks, and the accuracy after updates of each; by_all_weights repeats all_weights.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.precision import double_precision
from implementations.concepts.efficiency.low_rank_adaptation import adapted
from implementations.concepts.task.digits import Digits
from kb.training import descend

RANKS, RANK, STEPS, RATE = (1, 2, 4, 8), 4, 400, 3e-3


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train the perceptron, adapt copies of it, and test them.

    Args:
        seed: Seed of weights, updates and batches.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MLP(in_features=64, hidden=[128, 128], out_features=10)
        train(network, seed, quarters=0)
        unadapted = accuracy(network, seed)
        whole = deepcopy(network)
        train(whole, seed, quarters=1)
        by_rank, trained = [], 0
        for rank in RANKS:
            updates = adapted(deepcopy(network), rank=rank)
            train(updates, seed, quarters=1)
            by_rank.append(accuracy(updates, seed))
            if rank == RANK:
                trained = sum(weight.numel() for weight in updates.parameters() if weight.requires_grad)
    all_weights, low_rank = accuracy(whole, seed), by_rank[RANKS.index(RANK)]
    return {
        "unadapted": unadapted,
        "all_weights": all_weights,
        "low_rank": low_rank,
        "loss_of_accuracy": all_weights - low_rank,
        "share": trained / sum(weight.numel() for weight in network.parameters()),
        "ranks": [float(rank) for rank in RANKS],
        "by_rank": by_rank,
        "by_all_weights": [all_weights] * len(RANKS),
    }


def train(network: nn.Module, seed: int, quarters: int) -> None:
    """Train what is not frozen of a network, on digits that are rotated by so many quarters of a turn."""
    task = Digits(generator=torch.Generator().manual_seed(seed))

    def loss() -> Tensor:
        inputs, target = task.batch()
        return F.cross_entropy(network(rotated(inputs["x"], quarters)), target)

    weights = [weight for weight in network.parameters() if weight.requires_grad]
    descend(torch.optim.Adam(weights, lr=RATE), loss, steps=STEPS)


def accuracy(network: nn.Module, seed: int) -> float:
    """Return the share of rotated digits, of those set aside, that a network names."""
    task = Digits(generator=torch.Generator().manual_seed(seed))
    inputs, target = task.test()
    with torch.no_grad():
        return task.score(network(rotated(inputs["x"], 1)), target)


def rotated(images: Tensor, quarters: int) -> Tensor:
    """Return images `[B, 64]`, rotated by quarters of a turn, in the precision of the networks."""
    return images.to(torch.get_default_dtype()).unflatten(1, (8, 8)).rot90(quarters, (1, 2)).flatten(1)
