"""Exact checks of Runge-Kutta methods."""

import math

import torch

from implementations.claims.agreement import difference
from implementations.concepts.numerical_method.runge_kutta_method import METHODS, runge_kutta

ORDERS = {"euler": 1, "midpoint": 2, "rk4": 4}
SIZE, STEPS = 4, 5


def linear_step_is_a_taylor_polynomial(generator: torch.Generator) -> float:
    """Return the difference from powers of the Taylor polynomials of the matrix exponential, for all methods."""
    matrix = torch.randn(SIZE, SIZE, generator=generator, dtype=torch.float64)
    x = torch.randn(SIZE, generator=generator, dtype=torch.float64)
    errors = []
    for method in METHODS:
        terms = [torch.linalg.matrix_power(matrix / STEPS, k) / math.factorial(k) for k in range(ORDERS[method] + 1)]
        expected = torch.linalg.matrix_power(torch.stack(terms).sum(0), STEPS) @ x
        errors.append(difference(runge_kutta(lambda t, x: matrix @ x, x, steps=STEPS, method=method), expected))
    return max(errors)


def powers_of_time_are_integrated(generator: torch.Generator) -> float:
    """Return the error of the integral of a polynomial of time, of a degree that the method integrates exactly."""
    degrees = {"euler": 0, "midpoint": 1, "rk4": 3}
    errors = []
    for method, degree in degrees.items():
        factors = torch.randn(degree + 1, generator=generator, dtype=torch.float64)

        def slope(t: float, x: torch.Tensor, factors: torch.Tensor = factors) -> torch.Tensor:
            return sum(factor * t**power for power, factor in enumerate(factors)) + 0 * x

        found = runge_kutta(slope, factors.new_zeros(1), start=-1.0, end=2.0, steps=STEPS, method=method)
        areas = [factor * (2 ** (k + 1) - (-1) ** (k + 1)) / (k + 1) for k, factor in enumerate(factors)]
        errors.append(difference(found, torch.stack(areas).sum(0, keepdim=True)))
    return max(errors)
