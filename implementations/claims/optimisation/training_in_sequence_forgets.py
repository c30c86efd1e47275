"""Experiment: a network learns five digits and then the other five, or all of them shuffled.

Source: the lecture, S7; McCloskey & Cohen 1989 (mccloskey1989catastrophic), French 1999
(french1999catastrophic).

Method: a perceptron with one hidden layer of 64 units is trained by Adam on the images of 0 to 4, and then equally long
on those of 5 to 9. A second one is trained for the same total time on batches of both. A third one learns all digits,
and then all digits with their pixels shuffled: another task with the same labels. Images are split into training and
test images at random.

Measures:
    before: accuracy on test images of 0 to 4 after the first half of the training.
    after: the same after the second half.
    learned: accuracy on test images of 5 to 9 after the second half.
    shuffled: accuracy on test images of 0 to 4 of the network trained on both at once.
    after_permuted: accuracy on original images, after training on images with shuffled pixels.
    step: 0, 10, .., 600; first, second: accuracies on both halves of the digits by step.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.mixing import mixed_digits
from implementations.concepts.task.digits import TRAINING
from kb.training import descend

UNITS, RATE, STEPS, SHOWN, BATCH = 64, 3e-3, 300, 10, 64
Examples = tuple[Tensor, Tensor]


def run(seed: int) -> dict[str, float | list[float]]:
    """Train in sequence, at once, and on shuffled pixels.

    Args:
        seed: Seed of weights, batches and pixels.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    data = mixed_digits(generator)
    train, test = ((data.images[part], data.labels[part]) for part in (slice(None, TRAINING), slice(TRAINING, None)))
    halves = [(only(train, new), only(test, new)) for new in (False, True)]
    network, first, second = perceptron(seed), [], []
    for examples, _ in halves:
        for _ in range(STEPS // SHOWN):
            first.append(accuracy(network, halves[0][1]))
            second.append(accuracy(network, halves[1][1]))
            train_on(network, examples, SHOWN, generator)
    both, other = perceptron(seed), perceptron(seed)
    train_on(both, train, 2 * STEPS, generator)
    train_on(other, train, STEPS, generator)
    train_on(other, (train[0][:, torch.randperm(64, generator=generator)], train[1]), STEPS, generator)
    return {
        "before": first[STEPS // SHOWN],
        "after": accuracy(network, halves[0][1]),
        "learned": accuracy(network, halves[1][1]),
        "shuffled": accuracy(both, halves[0][1]),
        "after_permuted": accuracy(other, test),
        "step": [float(step) for step in range(0, 2 * STEPS, SHOWN)],
        "first": first,
        "second": second,
    }


def perceptron(seed: int) -> MLP:
    """Return a perceptron with one hidden layer."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MLP(in_features=64, hidden=[UNITS], out_features=10)


def only(examples: Examples, new: bool) -> Examples:
    """Return the examples of 5 to 9, or of 0 to 4."""
    images, labels = examples
    return images[(labels >= 5) == new], labels[(labels >= 5) == new]


def train_on(network: nn.Module, examples: Examples, steps: int, generator: torch.Generator) -> None:
    """Take steps on random batches."""
    images, labels = examples

    def loss() -> Tensor:
        chosen = torch.randint(0, len(images), (BATCH,), generator=generator)
        return F.cross_entropy(network(images[chosen]), labels[chosen])

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=steps)


@torch.no_grad()
def accuracy(network: nn.Module, examples: Examples) -> float:
    """Return the share of images that are classified correctly."""
    images, labels = examples
    return (network(images).argmax(1) == labels).float().mean().item()
