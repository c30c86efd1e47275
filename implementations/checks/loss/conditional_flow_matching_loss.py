"""Exact checks of the conditional flow matching loss: its paths, their velocities, and the field of all examples."""

import math

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.loss.conditional_flow_matching_loss import PATHS, ConditionalFlowMatchingLoss

WIDE, POINTS = 9.0, 2001
"""For functions as smooth as these, sums over so fine a grid are integrals to rounding error."""


def velocity_is_the_derivative_of_the_path(generator: torch.Generator) -> float:
    """Return the difference of velocities from the derivatives of points by the time, by automatic differentiation."""
    errors = []
    for path in PATHS:
        loss, x, noise, t = _case(path, generator)
        _, derivative = torch.func.jvp(
            lambda time, loss=loss, x=x, n=noise: loss.point(x, n, time), (t,), (torch.ones_like(t),)
        )
        errors.append(difference(loss.velocity(x, noise, t), derivative))
    return max(errors)


def velocity_is_a_function_of_the_point(generator: torch.Generator) -> float:
    """Return the difference of velocities from s'/s (y - m x) + m' x, at the point y."""
    errors = []
    for path in PATHS:
        loss, x, noise, t = _case(path, generator)
        scales = loss.scales(t)
        y = loss.point(x, noise, t)
        expected = scales.deviation_rate / scales.deviation * (y - scales.mean * x) + scales.mean_rate * x
        errors.append(difference(loss.velocity(x, noise, t), expected))
    return max(errors)


def velocities_are_those_of_the_paper(generator: torch.Generator) -> float:
    """Return the difference of velocities from the formulas that the paper has for both paths."""
    loss, x, noise, t = _case("optimal-transport", generator)
    y, left = loss.point(x, noise, t), 1 - loss.sigma
    straight = difference(loss.velocity(x, noise, t), (x - left * y) / (1 - left * t[:, None]))
    loss, x, noise, t = _case("variance-preserving", generator)
    y, rest = loss.point(x, noise, t), 1 - t[:, None]
    first, last = loss.beta
    total, rate = first * rest + (last - first) * rest**2 / 2, first + (last - first) * rest
    expected = -rate / 2 * ((-total).exp() * y - (-total / 2).exp() * x) / (1 - (-total).exp())
    return max(straight, difference(loss.velocity(x, noise, t), expected))


def field_of_a_mixture_is_the_mean_velocity(generator: torch.Generator) -> float:
    """Return the difference of a mixture's velocity field from an integral of velocities over all examples.

    Examples are numbers from a mixture of two normal distributions, and the integral is that of the velocity of every
    example, weighted by the density of this example given the point.
    """
    errors = []
    for path in PATHS:
        loss, y, t = ConditionalFlowMatchingLoss(path=path, sigma=0.1), _points(), _times(generator)
        x = torch.linspace(-WIDE, WIDE, POINTS, dtype=torch.float64)
        for time in t:
            scales = [scale.squeeze() for scale in loss.scales(time[None])]
            mean, deviation, mean_rate, deviation_rate = scales
            velocity = deviation_rate / deviation * (y[:, None] - mean * x) + mean_rate * x
            log_weight = -((y[:, None] - mean * x) / deviation).square() / 2 + _log_density(x, *_mixture(loss, None))
            expected = (log_weight.softmax(1) * velocity).sum(1)
            errors.append(difference(marginal_field(loss, y, time), expected))
    return max(errors)


def density_and_field_satisfy_the_continuity_equation(generator: torch.Generator) -> float:
    """Return the largest sum of dp/dt and d(p u)/dx, relative to the largest dp/dt, for a mixture."""
    errors = []
    for path in PATHS:
        loss = ConditionalFlowMatchingLoss(path=path, sigma=0.1)
        for time in _times(generator):
            y, time = _points().requires_grad_(), time.expand(len(_points())).clone().requires_grad_()
            density = _density(loss, y, time)
            flux = density * marginal_field(loss, y, time)
            (by_time,) = torch.autograd.grad(density.sum(), time, retain_graph=True)
            (divergence,) = torch.autograd.grad(flux.sum(), y)
            errors.append(difference(-divergence, by_time))
    return max(errors)


def marginal_field(loss: ConditionalFlowMatchingLoss, y: Tensor, t: Tensor) -> Tensor:
    """Return the velocity of points whose examples are from the mixture, in closed form."""
    mean, deviation, mean_rate, deviation_rate = (scale[:, 0, None] for scale in loss.scales(t.expand(len(y))))
    _, centres, variance = _mixture(loss, None)
    total = mean.square() * variance + deviation.square()
    shares = torch.softmax(_log_parts(y, *_mixture(loss, t.expand(len(y)))), 1)
    slope = (mean * mean_rate * variance + deviation * deviation_rate) / total
    return (shares * (mean_rate * centres + slope * (y[:, None] - mean * centres))).sum(1)


def _mixture(loss: ConditionalFlowMatchingLoss, t: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Return shares, centres and variances of the examples; or of the points at a time, one row for each."""
    shares, centres, variance = (torch.tensor(v, dtype=torch.float64) for v in ((0.3, 0.7), (-1.0, 1.5), (0.2, 0.4)))
    if t is None:
        return shares, centres, variance
    mean, deviation = (scale[:, 0, None] for scale in loss.scales(t)[:2])
    return shares, mean * centres, mean.square() * variance + deviation.square()


def _log_parts(y: Tensor, shares: Tensor, centres: Tensor, variance: Tensor) -> Tensor:
    """Return the logarithms of the densities of both parts, times their shares."""
    return shares.log() - (y[:, None] - centres).square() / (2 * variance) - (2 * math.pi * variance).log() / 2


def _log_density(y: Tensor, shares: Tensor, centres: Tensor, variance: Tensor) -> Tensor:
    return _log_parts(y, shares, centres, variance).logsumexp(1)


def _density(loss: ConditionalFlowMatchingLoss, y: Tensor, t: Tensor) -> Tensor:
    return _log_density(y, *_mixture(loss, t)).exp()


def _points() -> Tensor:
    return torch.linspace(-3, 3, 13, dtype=torch.float64)


def _times(generator: torch.Generator) -> Tensor:
    return 0.1 + 0.8 * torch.rand(3, generator=generator, dtype=torch.float64)


def _case(path: str, generator: torch.Generator) -> tuple[ConditionalFlowMatchingLoss, Tensor, Tensor, Tensor]:
    """Return a loss, random examples and noise, and times."""
    x, noise = torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    t = 0.05 + 0.9 * torch.rand(5, generator=generator, dtype=torch.float64)
    return ConditionalFlowMatchingLoss(path=path, sigma=0.1), x, noise, t
