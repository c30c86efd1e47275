"""Experiment: of all solutions that fit, which one does gradient descent find?

Source: the lecture, S12 and S13; Soudry et al. 2018 (soudry2017implicit) for separable data.

Method: ten random linear equations in thirty unknowns are solved by gradient descent from zero, and from a random
start. Also, a linear classifier without a bias is trained by logistic regression on forty random points in the plane
that a line through the origin separates: its direction is compared with that of the widest margin.

Measures:
    distance: of the solution from the one of smallest norm, divided by the latter's norm; start at zero.
    distance_random: the same, start at random.
    residual_random: largest error of the equations, start at random: the solution does solve them.
    angle_late: angle between the direction and that of the widest margin, in degrees, after 100 000 steps.
    turned: this angle divided by that after ten steps.
    angle_mean: the same for the difference of the classes' means, the first direction of descent.
    step: 1, 10, .., 100000; angle: the angle by step.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.feedforward.linear_model import LinearModel
from kb.training import descend

EQUATIONS, UNKNOWNS, POINTS = 10, 30, 40
SHOWN = [1, 10, 100, 1000, 10_000, 100_000]


def run(seed: int) -> dict[str, float | list[float]]:
    """Solve the equations from two starts, and separate the points.

    Args:
        seed: Seed of equations, points and starts.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(EQUATIONS, UNKNOWNS, generator=generator, dtype=torch.float64)
    expected = torch.randn(EQUATIONS, 1, generator=generator, dtype=torch.float64)
    smallest = torch.linalg.pinv(matrix) @ expected
    start = torch.randn(1, UNKNOWNS, generator=generator, dtype=torch.float64)
    solutions = [solved(matrix, expected, first).T for first in (torch.zeros_like(start), start)]
    distances = [((solution - smallest).norm() / smallest.norm()).item() for solution in solutions]
    points, signs = separable(generator)
    widest = widest_margin(points * signs[:, None])
    angles = directions(points, signs, widest)
    return {
        "distance": distances[0],
        "distance_random": distances[1],
        "residual_random": (matrix @ solutions[1] - expected).abs().max().item(),
        "turned": angles[-1] / angles[SHOWN.index(10)],
        "angle_late": angles[-1],
        "angle_mean": degrees((points * signs[:, None]).mean(0), widest),
        "step": [float(step) for step in SHOWN],
        "angle": angles,
    }


def solved(matrix: Tensor, expected: Tensor, start: Tensor) -> Tensor:
    """Return the weights that gradient descent finds from a start, `[1, unknowns]`."""
    model = LinearModel(in_features=UNKNOWNS, out_features=1, bias=False).double()
    (weight,) = model.parameters()
    with torch.no_grad():
        weight.copy_(start)
    rate = 1 / torch.linalg.matrix_norm(matrix, ord=2).item() ** 2
    descend(torch.optim.SGD([weight], lr=rate), lambda: (model(matrix) - expected).square().sum() / 2, steps=2000)
    return weight.detach()


def separable(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return points in the plane, and signs by a line through the origin; all points are at least 0.3 from it."""
    points = torch.randn(10 * POINTS, 2, generator=generator, dtype=torch.float64)
    points = points[points[:, 0].abs() > 0.3][:POINTS]
    return points, points[:, 0].sign()


def widest_margin(points: Tensor) -> Tensor:
    """Return the direction in which the least projection of signed points is largest, by a fine search."""
    angles = torch.linspace(-math.pi, math.pi, 2_000_001, dtype=torch.float64)
    least = torch.full_like(angles, torch.inf)
    for x, y in points.tolist():
        least = torch.minimum(least, x * angles.cos() + y * angles.sin())
    best = angles[least.argmax()]
    return torch.stack([best.cos(), best.sin()])


def degrees(first: Tensor, second: Tensor) -> float:
    """Return the angle between two directions."""
    return math.degrees(math.acos(min(1.0, F.cosine_similarity(first, second, dim=0).item())))


def directions(points: Tensor, signs: Tensor, widest: Tensor) -> list[float]:
    """Return the angle between the classifier and the widest margin after some numbers of steps."""
    weight = torch.zeros(2, dtype=torch.float64)
    signed, angles = points * signs[:, None], []
    for step in range(1, SHOWN[-1] + 1):
        weight = weight + torch.sigmoid(-(signed @ weight)) @ signed / len(signed)
        if step in SHOWN:
            angles.append(degrees(weight, widest))
    return angles
