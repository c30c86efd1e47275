"""Experiment: a network is trained on five digits and then on the other five, with a memory beside it or without.

Source: McClelland, McNaughton & O'Reilly 1995 (mcclelland1995why); the lecture, S23.

Twenty images of every digit are stored when they first occur, and never trained on again. The images are those of
scikit-learn, split into training and test images at random.

Measures:
    shares: the share of the memory in the answer, from 0 to 1.
    old_accuracies, new_accuracies: accuracy on test images of the first five digits, and of the last five, by share.
    before: accuracy of the network on the first five before it saw the others.
    alone: accuracy on the first five afterwards, with a share of zero for the memory.
    together: the same with equal shares.
    together_on_new: accuracy on the last five with equal shares.
    lead_on_new: the same less that with a share of one for the memory.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.memory.complementary_learning_system import ComplementaryLearningSystem
from implementations.claims.mixing import mixed_digits
from implementations.concepts.task.digits import TRAINING
from kb.training import descend

SHARES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
STEPS, STORED = 300, 20


def run(seed: int) -> dict[str, float | list[float]]:
    """Train on one half after the other, and test with growing shares of the memory.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    data = mixed_digits(generator)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = ComplementaryLearningSystem(in_features=64, hidden=64, classes=10)
    images, labels = data.images[:TRAINING], data.labels[:TRAINING]
    stored = torch.cat([(labels == digit).nonzero()[:STORED, 0] for digit in range(10)])

    def accuracy(share: float, new: bool) -> float:
        net.mixing = share
        chosen = (data.labels[TRAINING:] >= 5) == new
        with torch.no_grad():
            answers = net(data.images[TRAINING:][chosen], images[stored], labels[stored]).argmax(1)
        return float((answers == data.labels[TRAINING:][chosen]).float().mean())

    _train(net, images[labels < 5], labels[labels < 5], generator)
    before = accuracy(0.0, new=False)
    _train(net, images[labels >= 5], labels[labels >= 5], generator)
    old, new = ([accuracy(share, new=half) for share in SHARES] for half in (False, True))
    middle = SHARES.index(0.5)
    return {
        "shares": SHARES,
        "old_accuracies": old,
        "new_accuracies": new,
        "before": before,
        "alone": old[0],
        "together": old[middle],
        "together_on_new": new[middle],
        "lead_on_new": new[middle] - new[-1],
    }


def _train(net: ComplementaryLearningSystem, images: Tensor, labels: Tensor, generator: torch.Generator) -> None:
    """Train the network alone; the memory has no part in this."""

    def loss() -> Tensor:
        chosen = torch.randint(0, len(images), (64,), generator=generator)
        return F.cross_entropy(net.classify(net.encode(images[chosen])), labels[chosen])

    descend(torch.optim.Adam(net.parameters(), lr=3e-3), loss, steps=STEPS)
