"""Experiment: polynomials of degree 1 to 9 through the ten points of the lecture, and points that are left out.

Source: the lecture, S11 and S12; the points are those of a well-known course; up to their rounding, the slides' line y
= 1.60 x + 1.05 is their least-squares line.

Method: least squares in the powers of x, in double precision. Each point is left out once, the polynomial is fitted to
the other nine, and the squared error at the point left out is averaged. Then the same for degree nine with a penalty on
the size of the weights, for 41 strengths from 10^-8 to 10^2.

Measures:
    slope_error, intercept_error: differences of the line's slope and intercept from those on the slide.
    training_nine: mean squared error of degree nine on the ten points.
    rises: number of degrees at which the training error rises.
    left_out_ratio: mean squared error on points left out, degree nine by degree two.
    left_out_linear: the same, degree one by degree two.
    ridge_gain: the same for degree nine with the best penalty, divided by that without.
    ridge_ratio: the same with the best penalty, divided by that of degree two.
    degree: 1, .., 9; training, left_out: the errors.
"""

from itertools import pairwise

import torch
from torch import Tensor

X = torch.tensor([0.86, 0.09, -0.85, 0.87, -0.44, -0.43, -1.10, 0.40, -0.96, 0.17], dtype=torch.float64)
Y = torch.tensor([2.49, 0.83, -0.25, 3.10, 0.87, 0.02, -0.12, 1.81, -0.83, 0.43], dtype=torch.float64)
DEGREES, SLIDE = range(1, 10), (1.60, 1.05)
PENALTIES = torch.logspace(-8, 2, 41, dtype=torch.float64)


def run(seed: int) -> dict[str, float | list[float]]:
    """Fit all degrees, with and without each point.

    Args:
        seed: Not used: nothing is random.

    Returns:
        The measures that the module lists.
    """
    intercept, slope = fitted(X, Y, 1).tolist()
    training = [(predicted(X, fitted(X, Y, degree)) - Y).square().mean().item() for degree in DEGREES]
    outside = [left_out(degree) for degree in DEGREES]
    ridge = min(left_out(9, penalty) for penalty in PENALTIES.tolist())
    return {
        "slope_error": abs(slope - SLIDE[0]),
        "intercept_error": abs(intercept - SLIDE[1]),
        "training_nine": training[-1],
        "rises": float(sum(after > before for before, after in pairwise(training))),
        "left_out_ratio": outside[-1] / outside[1],
        "left_out_linear": outside[0] / outside[1],
        "ridge_gain": ridge / outside[-1],
        "ridge_ratio": ridge / outside[1],
        "degree": [float(degree) for degree in DEGREES],
        "training": [max(error, 1e-30) for error in training],
        "left_out": outside,
    }


def fitted(x: Tensor, y: Tensor, degree: int, penalty: float = 0.0) -> Tensor:
    """Return the weights of the powers, lowest first, by least squares with a penalty on all but the constant."""
    powers = torch.linalg.vander(x, N=degree + 1)
    penalised = penalty**0.5 * torch.eye(degree + 1, dtype=x.dtype)[1:]
    zeros = torch.zeros(degree, dtype=x.dtype)
    return torch.linalg.lstsq(torch.cat([powers, penalised]), torch.cat([y, zeros]), driver="gelsd").solution


def predicted(x: Tensor, weights: Tensor) -> Tensor:
    """Return the values of a polynomial."""
    return torch.linalg.vander(x, N=len(weights)) @ weights


def left_out(degree: int, penalty: float = 0.0) -> float:
    """Return the mean squared error on each point by the polynomial through the others."""
    errors = []
    for index in range(len(X)):
        others = torch.arange(len(X)) != index
        weights = fitted(X[others], Y[others], degree, penalty)
        errors.append((predicted(X[index : index + 1], weights) - Y[index]).square())
    return torch.cat(errors).mean().item()
