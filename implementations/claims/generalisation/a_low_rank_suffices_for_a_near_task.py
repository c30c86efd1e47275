"""Experiment: a perceptron of digits is adapted to a near and to a far task, by all weights or by updates of low rank.

Source: Hu et al. 2022 (hu2021lora), who adapt language models.

Method: a perceptron with two hidden layers is trained to name digits. Copies of it are then trained on a near task, the
same images with the question whether the digit is odd, and on a far one, digits in images rotated by 90 degrees: one
copy with all weights, others with updates of rank 1, 2, 4 and 8 of all three matrices. Images for tests are set aside.

Measures, for each of the tasks near and far:
    near_unadapted, far_unadapted: accuracy of the network before it is adapted.
    near_all_weights, far_all_weights: accuracy after all weights are trained.
    loss_when_near: near_all_weights less the accuracy with updates of rank 1.
    loss_when_far: far_all_weights less the accuracy with updates of rank 4.
    share: weights that are trained with rank 1, as a share of all.
    ranks, near_by_rank, far_by_rank: ranks, and the accuracy with updates of each.
    near_by_all_weights, far_by_all_weights: the accuracy of all weights, as often.
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

RANKS, NEAR_RANK, FAR_RANK, STEPS, RATE = (1, 2, 4, 8), 1, 4, 400, 3e-3


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train the perceptron, adapt copies of it, and test them.

    Args:
        seed: Seed of weights, updates and batches.

    Returns:
        The measures that the module lists.
    """
    found: dict[str, float | list[float]] = {"ranks": [float(rank) for rank in RANKS]}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MLP(in_features=64, hidden=[128, 128], out_features=10)
        train(network, seed, "digits")
        for task, rank in (("near", NEAR_RANK), ("far", FAR_RANK)):
            whole = deepcopy(network)
            train(whole, seed, task)
            copies = [adapted(deepcopy(network), rank=each) for each in RANKS]
            for copy in copies:
                train(copy, seed, task)
            best, by_rank = accuracy(whole, seed, task), [accuracy(copy, seed, task) for copy in copies]
            found |= {
                f"{task}_unadapted": accuracy(network, seed, task),
                f"{task}_all_weights": best,
                f"{task}_by_rank": by_rank,
                f"{task}_by_all_weights": [best] * len(RANKS),
                f"loss_when_{task}": best - by_rank[RANKS.index(rank)],
            }
    smallest = adapted(network, rank=NEAR_RANK)
    updates = sum(weight.numel() for weight in smallest.parameters() if weight.requires_grad)
    return {**found, "share": updates / sum(weight.numel() for weight in whole.parameters())}


def train(network: nn.Module, seed: int, task: str) -> None:
    """Train what is not frozen of a network on a task."""
    digits = Digits(generator=torch.Generator().manual_seed(seed))

    def loss() -> Tensor:
        x, target = as_task(*digits.batch(), task)
        return F.cross_entropy(network(x), target)

    weights = [weight for weight in network.parameters() if weight.requires_grad]
    descend(torch.optim.Adam(weights, lr=RATE), loss, steps=STEPS)


def accuracy(network: nn.Module, seed: int, task: str) -> float:
    """Return the share of images, of those set aside, for which a network is right."""
    digits = Digits(generator=torch.Generator().manual_seed(seed))
    x, target = as_task(*digits.test(), task)
    with torch.no_grad():
        return digits.score(network(x), target)


def as_task(inputs: dict[str, Tensor], digit: Tensor, task: str) -> tuple[Tensor, Tensor]:
    """Return images `[B, 64]` and targets: of the near task the remainder by 2, of the far one the digit, rotated."""
    x = inputs["x"].to(torch.get_default_dtype())
    if task == "far":
        x = x.unflatten(1, (8, 8)).rot90(1, (1, 2)).flatten(1)
    return x, digit % 2 if task == "near" else digit
