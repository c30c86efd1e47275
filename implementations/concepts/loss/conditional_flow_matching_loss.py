"""Conditional flow matching loss: the squared error of a velocity at a point on the way from noise to an example.

Source: Lipman, Chen, Ben-Hamu, Nickel & Le 2023, sec. 3.2 and 4 (lipman2022flow).

Equations:
    psi_t(noise) = m_t x + s_t noise,   noise ~ N(0, I)                 so that p_t(. | x) = N(m_t x, s_t^2 I)
    d psi_t / dt = m'_t x + s'_t noise
    loss = |v - d psi_t / dt|^2
    optimal-transport:    m_t = t,   s_t = 1 - (1 - sigma) t
    variance-preserving:  m_t = exp(-T(1 - t) / 2),   s_t^2 = 1 - m_t^2,   T(r) = beta_0 r + (beta_1 - beta_0) r^2 / 2

Shapes: B examples, F numbers of an example.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments

PATHS = ("optimal-transport", "variance-preserving")


class Scales(NamedTuple):
    """What example and noise are multiplied by at a time, and the derivatives of both by the time."""

    mean: Float[Tensor, "B 1"]
    deviation: Float[Tensor, "B 1"]
    mean_rate: Float[Tensor, "B 1"]
    deviation_rate: Float[Tensor, "B 1"]


class ConditionalFlowMatchingLoss(nn.Module):
    """A path from noise at time 0 to an example at time 1, and the squared error of the velocity along it.

    Args:
        path: `optimal-transport`, a straight line, or `variance-preserving`, that of a diffusion.
        sigma: Standard deviation of the noise that is left at time 1 of a straight line.
        beta: Rates of the diffusion at the example and at the noise.

    Raises:
        ValueError: The path is unknown.

    Example:
        >>> loss, x, noise = ConditionalFlowMatchingLoss(sigma=0.0), torch.tensor([[3.0]]), torch.tensor([[1.0]])
        >>> loss.point(x, noise, torch.tensor([0.5])), loss.velocity(x, noise, torch.tensor([0.5]))
        (tensor([[2.]]), tensor([[2.]]))
        >>> ConditionalFlowMatchingLoss(path="curved")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: ...path ('curved') must be one of optimal-transport, variance-preserving
    """

    @checked_arguments(sigma=(0, 1))
    def __init__(
        self, *, path: str = "optimal-transport", sigma: float = 0.01, beta: Sequence[float] = (0.1, 20.0)
    ) -> None:
        super().__init__()
        if path not in PATHS:
            raise ValueError(f"path ({path!r}) must be one of {', '.join(PATHS)}")
        self.path, self.sigma, self.beta = path, sigma, tuple(beta)

    def scales(self, t: Float[Tensor, " B"]) -> Scales:
        """Return the factors of example and noise at every time, and their derivatives."""
        t = t[:, None]
        if self.path == "optimal-transport":
            one = torch.ones_like(t)
            return Scales(t, 1 - (1 - self.sigma) * t, one, -(1 - self.sigma) * one)
        (first, last), rest = self.beta, 1 - t
        total, rate = first * rest + (last - first) * rest.square() / 2, first + (last - first) * rest
        mean, deviation = (-total / 2).exp(), (-torch.expm1(-total)).sqrt()
        mean_rate = rate / 2 * mean
        return Scales(mean, deviation, mean_rate, -mean * mean_rate / deviation)

    def point(
        self, x: Float[Tensor, "B F"], noise: Float[Tensor, "B F"], t: Float[Tensor, " B"]
    ) -> Float[Tensor, "B F"]:
        """Return where noise is at a time, on the way to its example."""
        scales = self.scales(t)
        return scales.mean * x + scales.deviation * noise

    def velocity(
        self, x: Float[Tensor, "B F"], noise: Float[Tensor, "B F"], t: Float[Tensor, " B"]
    ) -> Float[Tensor, "B F"]:
        """Return the derivative of that point by the time."""
        scales = self.scales(t)
        return scales.mean_rate * x + scales.deviation_rate * noise

    def forward(
        self,
        predicted: Float[Tensor, "B F"],
        x: Float[Tensor, "B F"],
        noise: Float[Tensor, "B F"],
        t: Float[Tensor, " B"],
    ) -> Float[Tensor, " B"]:
        """Return the squared distance of every predicted velocity from that along the path."""
        return (predicted - self.velocity(x, noise, t)).square().sum(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random velocities, examples and noise, and times."""
        predicted, x, noise = torch.randn(3, B, 3, generator=generator)
        return {"predicted": predicted, "x": x, "noise": noise, "t": torch.rand(B, generator=generator)}
