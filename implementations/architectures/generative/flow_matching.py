"""Flow matching: noise moves along a learned velocity field, and where it arrives is a sample.

Source: Lipman, Chen, Ben-Hamu, Nickel & Le 2023, "Flow matching for generative modeling" (lipman2022flow), with the
perceptron of its example in two dimensions (app. E).

Equations:
    dx/dt = v(x, t),   x at time 0 ~ N(0, I)                    a sample is x at time 1
    loss = |v(x_t, t) - dx_t/dt|^2,   x_t = m_t x + s_t noise   for an example x, a random t, and random noise
    v(x, t) = W_{L+1} h_L + b_{L+1},   h_l = swish(W_l h_{l-1} + b_l),   h_0 = (x, t)

Shapes: B examples, F numbers of an example, U hidden units.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.loss.conditional_flow_matching_loss import ConditionalFlowMatchingLoss
from implementations.concepts.numerical_method.runge_kutta_method import METHODS, runge_kutta
from kb.guards import checked_arguments, checked_inputs

LATEST = {"optimal-transport": 1.0, "variance-preserving": 1 - 1e-3}
"""Where a path ends: on that of a diffusion the velocity has no bound at time 1."""


class Moving(NamedTuple):
    """A point on the way from noise to an example, and the velocity that the network predicts there."""

    point: Float[Tensor, "B F"]
    velocity: Float[Tensor, "B F"]


class VelocityField(nn.Module):
    """A perceptron from a point and a time to a velocity."""

    def __init__(self, features: int, hidden: int, depth: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs in [features + 1, *[hidden] * (depth - 1)]:
            layers += [nn.Linear(inputs, hidden), nn.SiLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden, features))

    def forward(self, x: Float[Tensor, "B F"], t: Float[Tensor, " B"]) -> Float[Tensor, "B F"]:
        """Return the velocity of every point at its time."""
        return self.layers(torch.cat([x, t[:, None]], 1))


class FlowMatching(nn.Module):
    """A velocity field, the paths that it is trained on, and a solver that follows it.

    Args:
        features: Number F of numbers of an example.
        hidden: Units U of every hidden layer of the field.
        depth: Number L of its hidden layers.
        path, sigma, beta: As in `ConditionalFlowMatchingLoss`.
        steps: Steps of the solver.
        method: Of the solver: `euler`, `midpoint` or `rk4`.

    Raises:
        ValueError: The path or the method is unknown.

    Examples:
        >>> FlowMatching(features=3).sample(2, torch.Generator().manual_seed(0)).shape
        torch.Size([2, 3])
        >>> FlowMatching(method="leap")
        Traceback (most recent call last):
        ValueError: FlowMatching(method='leap') cannot be built: method ('leap') must be one of euler, midpoint, rk4
    """

    @checked_arguments(sigma=(0, 1))
    def __init__(
        self,
        *,
        features: int = 4,
        hidden: int = 8,
        depth: int = 2,
        path: str = "optimal-transport",
        sigma: float = 0.01,
        beta: Sequence[float] = (0.1, 20.0),
        steps: int = 10,
        method: str = "midpoint",
    ) -> None:
        super().__init__()
        if method not in METHODS:
            raise ValueError(f"method ({method!r}) must be one of {', '.join(METHODS)}")
        self.features, self.steps, self.method, self.end = features, steps, method, LATEST.get(path, 1.0)
        self.loss = ConditionalFlowMatchingLoss(path=path, sigma=sigma, beta=beta)
        self.field = VelocityField(features, hidden, depth)

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B F"], t: Float[Tensor, " B"], noise: Float[Tensor, "B F"] | None = None
    ) -> Moving:
        """Move noise towards examples, and predict its velocity.

        Args:
            x: Examples.
            t: For every example a time, from 0 to 1.
            noise: Standard normal numbers; drawn where they are not given.
        """
        noise = torch.randn_like(x) if noise is None else noise
        point = self.loss.point(x, noise, t)
        return Moving(point, self.field(point, t))

    def velocity_error(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the squared error of the velocity at a random time, on the way from random noise."""
        t = self.end * torch.rand(len(x), generator=generator, dtype=x.dtype)
        noise = torch.randn(x.shape, generator=generator, dtype=x.dtype)
        return self.loss(self(x, t, noise).velocity, x, noise, t)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B F"]:
        """Draw noise, and follow the field."""
        dtype = next(self.field.parameters()).dtype
        noise = torch.randn(count, self.features, generator=generator, dtype=dtype)

        def field(t: float, x: Tensor) -> Tensor:
            return self.field(x, torch.full_like(x[:, 0], t))

        return runge_kutta(field, noise, end=self.end, steps=self.steps, method=self.method)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random examples, times and noise."""
        x, noise = torch.randn(2, B, self.features, generator=generator)
        return {"x": x, "t": self.end * torch.rand(B, generator=generator), "noise": noise}
