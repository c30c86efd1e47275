"""Experiment: networks trained first on half of the data and then on all, against fresh networks.

Source: the lecture, S18; Ash & Adams 2020 (ash2020warm).

Method: perceptrons with one hidden layer of 64 units are trained on digits by stochastic gradient descent with steps of
0.1 and batches of 32: for 1500 steps on 100 images, then for 1500 steps on these and 100 more. Others are trained on
all 200 from the start, for 1500 steps. For a third group the weights are multiplied by 0.4 in between, and normal
numbers of deviation 0.02 are added. Ten runs, each with its own images and first weights, are made in parallel.

Measures:
    gap: mean accuracy of fresh networks on the 1597 other digits, less that of warm ones, over ten runs.
    gap_in_errors: this gap in units of its standard error.
    gap_shrunk: mean accuracy of fresh networks, less that of those whose weights were shrunk in between.
    gap_briefly: the same, less that of networks that were first trained for 10 steps only on half of the data.
    fitted: smallest share of the 200 images that a warm or a fresh network classifies correctly after training.
    accuracies: mean accuracy on new digits of fresh, warm and shrunk networks.
"""

import torch
from torch import Tensor

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.side_by_side import SideBySide
from implementations.concepts.task.digits import Digits

RUNS, HALF, STEPS, BRIEFLY, BATCH, RATE = 10, 100, 1500, 10, 32, 0.1
SHRINK, NOISE = 0.4, 0.02


def run(seed: int) -> dict[str, float | list[float]]:
    """Train all groups.

    Args:
        seed: Seed of images, weights and batches.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    data = Digits(generator=generator)
    order = torch.stack([torch.randperm(len(data.labels), generator=generator) for _ in range(RUNS)])
    images, labels = data.images[order], data.labels[order]
    fresh, warm, shrunk, briefly = (fresh_networks() for _ in range(4))
    for group, steps in ((warm, STEPS), (shrunk, STEPS), (briefly, BRIEFLY)):
        train(group, images[:, :HALF], labels[:, :HALF], steps, generator)
    shrunk.weights = {name: SHRINK * w + NOISE * torch.randn(w.shape) for name, w in shrunk.weights.items()}
    for group in (fresh, warm, shrunk, briefly):
        train(group, images[:, : 2 * HALF], labels[:, : 2 * HALF], STEPS, generator)
    seen, new = ((images[:, part], labels[:, part]) for part in (slice(2 * HALF), slice(2 * HALF, None)))
    right = {name: 1 - group.wrong(*new) for name, group in
             {"fresh": fresh, "warm": warm, "shrunk": shrunk, "briefly": briefly}.items()}  # fmt: skip
    gaps = right["fresh"] - right["warm"]
    return {
        "gap": gaps.mean().item(),
        "gap_in_errors": (gaps.mean() / gaps.std() * RUNS**0.5).item(),
        "gap_shrunk": (right["fresh"] - right["shrunk"]).mean().item(),
        "gap_briefly": (right["fresh"] - right["briefly"]).mean().item(),
        "fitted": min((1 - group.wrong(*seen)).min().item() for group in (fresh, warm)),
        "accuracies": [right[name].mean().item() for name in ("fresh", "warm", "shrunk")],
    }


def fresh_networks() -> SideBySide:
    """Return networks with random weights, one for each run."""
    return SideBySide([MLP(in_features=64, hidden=[64], out_features=10) for _ in range(RUNS)])


def train(networks: SideBySide, images: Tensor, labels: Tensor, steps: int, generator: torch.Generator) -> None:
    """Train all networks on batches of their own images."""
    rates, rows = torch.full((RUNS,), RATE), torch.arange(RUNS)[:, None]
    for _ in range(steps):
        chosen = torch.randint(0, images.shape[1], (RUNS, BATCH), generator=generator)
        networks.step(images[rows, chosen], labels[rows, chosen], rates)
