"""Exact checks of flow matching: its field, its loss as an integral, and samples by fields in closed form."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.generative.flow_matching import FlowMatching
from implementations.claims.agreement import difference

WIDE, POINTS = 9.0, 2001
"""For functions as smooth as these, sums over so fine a grid are integrals to rounding error."""


class FieldOfNormalExamples(nn.Module):
    """The velocity field where examples are normal numbers of mean zero and a given deviation."""

    def __init__(self, model: FlowMatching, deviation: float) -> None:
        super().__init__()
        self.loss, self.deviation = model.loss, deviation
        self.weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))  # by which samples know the precision

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Return the mean velocity of all examples, given a point."""
        mean, deviation, mean_rate, deviation_rate = self.loss.scales(t)
        variance = self.deviation**2
        total = mean.square() * variance + deviation.square()
        return (mean * mean_rate * variance + deviation * deviation_rate) / total * x


class FieldOfOneExample(FieldOfNormalExamples):
    """The velocity field where all examples are one, which has the number 2 everywhere."""

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Return the velocity of points on the way to the example."""
        mean, deviation, mean_rate, deviation_rate = self.loss.scales(t)
        return deviation_rate / deviation * (x - 2 * mean) + 2 * mean_rate


def field_is_a_perceptron(generator: torch.Generator) -> float:
    """Return the difference of the field from layers written out."""
    model = FlowMatching(depth=3).double()
    x, t = torch.randn(5, 4, generator=generator, dtype=torch.float64), torch.rand(5, generator=generator).double()
    weights = list(model.field.parameters())
    h = torch.cat([x, t[:, None]], 1)
    for weight, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        z = h @ weight.T + bias
        h = z * torch.sigmoid(z)
    return difference(model.field(x, t), F.linear(h, *weights[-2:]))


def conditional_and_marginal_errors_have_one_gradient(generator: torch.Generator) -> float:
    """Return the difference of two gradients by all weights, as integrals over noise.

    Examples are five numbers. One gradient is that of the error of velocities towards single examples; the other that
    of the error of the mean velocity given the point, at all points, weighted by their density.
    """
    model = FlowMatching(features=1, sigma=0.3).double()
    x = torch.randn(5, 1, generator=generator, dtype=torch.float64)
    steps = torch.linspace(-WIDE, WIDE, POINTS, dtype=torch.float64)[:, None]
    weights = torch.softmax(-steps[:, 0].square() / 2, 0).repeat(len(x)) / len(x)
    clean, noise = x.repeat_interleave(POINTS, 0), steps.repeat(len(x), 1)
    t = torch.full_like(clean[:, 0], float(torch.rand(1, generator=generator)))
    moving = model(clean, t, noise)
    conditional = weights @ model.loss(moving.velocity, clean, noise, t)
    marginal = weights @ (moving.velocity - mean_velocity(model, moving.point, t, x)).square().sum(1)
    one, other = (_gradient(model, value) for value in (conditional, marginal))
    return difference(one, other)


def mean_velocity(model: FlowMatching, point: Tensor, t: Tensor, x: Tensor) -> Tensor:
    """Return the mean of the velocities towards single numbers, weighted by their probabilities given the point."""
    mean, deviation, mean_rate, deviation_rate = model.loss.scales(t)
    shares = torch.softmax(-((point - mean * x.T) / deviation).square() / 2, 1)
    velocities = deviation_rate / deviation * (point - mean * x.T) + mean_rate * x.T
    return (shares * velocities).sum(1, keepdim=True)


def one_example_is_reached_in_a_step(generator: torch.Generator) -> float:
    """Return the difference of samples from the example and the noise that is left, where all examples are one."""
    seed = int(torch.randint(1000, (1,), generator=generator))
    noise = torch.randn(20, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    errors = []
    for steps in (1, 3):
        model = FlowMatching(steps=steps, method="euler")
        model.field = FieldOfOneExample(model, 1.0)
        drawn = model.sample(20, torch.Generator().manual_seed(seed))
        errors.append(difference(drawn, 2 + model.loss.sigma * noise))
    return max(errors)


def normal_examples_are_noise_scaled(generator: torch.Generator) -> float:
    """Return the difference of samples by many small steps from noise times the deviation of normal examples.

    The velocity is a multiple of the point, so that the exact motion is known: it scales. On both paths, it scales to
    the deviation of the points at the end.
    """
    seed = int(torch.randint(1000, (1,), generator=generator))
    noise = torch.randn(20, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    errors = []
    for path in ("optimal-transport", "variance-preserving"):
        model = FlowMatching(path=path, sigma=0.1, steps=400, method="rk4")
        model.field = FieldOfNormalExamples(model, 1.5)
        first, last = (model.loss.scales(torch.tensor([t], dtype=torch.float64)) for t in (0.0, model.end))
        sizes = [(scales.mean * 1.5).square() + scales.deviation.square() for scales in (first, last)]
        drawn = model.sample(20, torch.Generator().manual_seed(seed))
        errors.append(difference(drawn, (sizes[1] / sizes[0]).sqrt() * noise))
    return max(errors)


def _gradient(model: FlowMatching, value: Tensor) -> Tensor:
    return torch.cat([g.flatten() for g in torch.autograd.grad(value, list(model.parameters()), retain_graph=True)])
