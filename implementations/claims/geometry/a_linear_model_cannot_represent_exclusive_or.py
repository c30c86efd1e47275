"""Experiment: can a line separate the points where two bits differ from those where they agree?

Source: the lecture, S3; Minsky & Papert 1969 (minsky1969perceptrons).

Method: a linear model with one output. Its values at the ends of the two diagonals of the unit square are added up.
Then a hundred thousand random lines, and logistic regression, classify the four points, for exclusive or and for the
conjunction.

Measures:
    identity_error: largest |f(0,0) + f(1,1) - f(0,1) - f(1,0)| over random weights, relative to the largest |f|.
    best_accuracy, and_accuracy: share of the four points that the best line gets right.
    accuracies: both.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.feedforward.linear_model import LinearModel
from kb.training import descend

POINTS = torch.tensor([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
DIFFER = torch.tensor([False, False, True, True])
BOTH = torch.tensor([False, True, False, False])
LINES, STEPS = 100_000, 300


def run(seed: int) -> dict[str, float | list[float]]:
    """Search for a line.

    Args:
        seed: Seed of the random lines and of the training.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    weights = torch.randn(LINES, 3, generator=generator, dtype=torch.float64)
    values = weights[:, :2] @ POINTS.T + weights[:, 2:]  # [lines, 4]
    agree, differ = values[:, :2].sum(1), values[:, 2:].sum(1)
    best, conjunction = (max(_best_of(values, expected), _trained(expected, generator)) for expected in (DIFFER, BOTH))
    return {
        "identity_error": ((agree - differ).abs() / values.abs().amax(1)).max().item(),
        "best_accuracy": best,
        "and_accuracy": conjunction,
        "accuracies": [best, conjunction],
    }


def _best_of(values: Tensor, expected: Tensor) -> float:
    return (values.gt(0) == expected).double().mean(1).max().item()


def _trained(expected: Tensor, generator: torch.Generator) -> float:
    """Return the accuracy of logistic regression after gradient descent from random weights."""
    model = LinearModel(in_features=2, out_features=1).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))

    def loss() -> Tensor:
        return F.binary_cross_entropy_with_logits(model(POINTS)[:, 0], expected.double())

    descend(torch.optim.SGD(model.parameters(), lr=1.0), loss, steps=STEPS)
    return (model(POINTS)[:, 0].gt(0) == expected).double().mean().item()
