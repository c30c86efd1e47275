"""Experiment: the test error of random features, as their number passes that of the examples.

Source: the lecture, S13; Belkin et al. 2019 (belkin2018reconciling).

Method: images of digits pass through one layer of random weights and rectified linear units; the output weights are the
least-squares solution of smallest norm for 100 training images, with one-hot digits as targets. The test error is
measured on held-out images, for 5 to 3000 units; the median over five draws of the weights is taken.

Measures:
    peak: test error for 100 units, as many as examples, divided by the smallest for fewer.
    second_descent: test error for 3000 units, divided by the smallest for fewer than 100.
    fitted: training error for 3000 units.
    ridge_peak: as `peak`, with a penalty on the size of the weights.
    units: 5, .., 3000; smallest_norm, ridge: test errors.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.concepts.task.digits import TRAINING, Digits

EXAMPLES, DRAWS, PENALTY = 100, 5, 1.0
UNITS = [5, 10, 20, 40, 60, 80, 90, 100, 110, 130, 200, 400, 1000, 3000]


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Fit networks of every width.

    Args:
        seed: Seed of the images that are trained on, and of the weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    data = Digits(generator=generator)
    chosen = torch.randperm(TRAINING, generator=generator)[:EXAMPLES]
    images, expected = data.images.double(), F.one_hot(data.labels).double()
    train, test = (images[chosen], expected[chosen]), (images[TRAINING:], expected[TRAINING:])
    errors: dict[float, list[float]] = {0.0: [], PENALTY: []}
    for penalty, found in errors.items():
        for units in UNITS:
            drawn = [error(units, train, test, penalty, generator) for _ in range(DRAWS)]
            found.append(torch.tensor(drawn).median().item())
    smallest, ridge = errors[0.0], errors[PENALTY]
    peak, few = UNITS.index(EXAMPLES), UNITS.index(80)
    return {
        "peak": smallest[peak] / min(smallest[:few]),
        "second_descent": smallest[-1] / min(smallest[:few]),
        "fitted": error(UNITS[-1], train, train, 0.0, generator),
        "ridge_peak": ridge[peak] / min(ridge[:few]),
        "units": [float(units) for units in UNITS],
        "smallest_norm": smallest,
        "ridge": ridge,
    }


def error(
    units: int,
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    penalty: float,
    generator: torch.Generator,
) -> float:
    """Return the mean squared error on the second images of random features fitted to the first."""
    weight = torch.randn(64, units, generator=generator, dtype=torch.float64)
    features, test_features = (torch.relu(images @ weight) / units**0.5 for images, _ in (train, test))
    if penalty:
        gram = features.T @ features + penalty * torch.eye(units, dtype=torch.float64)
        fitted = torch.linalg.solve(gram, features.T @ train[1])
    else:
        fitted = torch.linalg.pinv(features, rtol=1e-12) @ train[1]
    return (test_features @ fitted - test[1]).square().mean().item()
