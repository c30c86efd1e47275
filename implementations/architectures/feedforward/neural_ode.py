"""Neural ODE: features move along a learned field for some time, and the output is where they arrive.

Source: Chen et al. 2018, "Neural ordinary differential equations" (chen2018neural).

Equations:
    h_{t+1} = h_t + f(h_t, theta_t)               eq. 1, a residual network
    dh/dt = f(h(t), t, theta),  h(0) = x          eq. 2, its limit; the output is h at the end
    f(h, t) = W_2 tanh(W_1 (h, t) + b_1) + b_2    here

Shapes: B examples, F features, U hidden units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.implicit_layer.adjoint_method import adjoint_method
from implementations.concepts.numerical_method.runge_kutta_method import METHODS, runge_kutta
from kb.guards import checked_arguments, checked_inputs


class Field(nn.Module):
    """The slope of the features at a time: a perceptron of both."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.hidden, self.output = nn.Linear(features + 1, hidden), nn.Linear(hidden, features)
        self.activation = nn.Tanh()

    def forward(self, t: float, h: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the slope of the features."""
        time = torch.full_like(h[:, :1], t)
        return self.output(self.activation(self.hidden(torch.cat([h, time], 1))))


class NeuralODE(nn.Module):
    """A field and a solver with steps of equal length.

    Args:
        features: Number F of features.
        hidden: Hidden units of the field.
        end: Time for which the features move.
        steps: Number of steps of the solver.
        method: Of the solver: `euler`, `midpoint` or `rk4`, the classical Runge-Kutta method.
        adjoint: Whether gradients are computed by the adjoint method, and not through the steps.

    Raises:
        ValueError: The method is unknown.

    Examples:
        >>> NeuralODE()(torch.zeros(2, 3)).shape
        torch.Size([2, 3])
        >>> NeuralODE(method="leap")
        Traceback (most recent call last):
        ValueError: NeuralODE(method='leap') cannot be built: method ('leap') must be one of euler, midpoint, rk4
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        features: int = 3,
        hidden: int = 5,
        end: float = 1.0,
        steps: int = 4,
        method: str = "euler",
        adjoint: bool = False,
    ) -> None:
        super().__init__()
        if method not in METHODS:
            raise ValueError(f"method ({method!r}) must be one of {', '.join(METHODS)}")
        self.field = Field(features, hidden)
        self.features, self.end, self.steps, self.method, self.adjoint = features, end, steps, method, adjoint

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the features at the end."""
        solve = adjoint_method if self.adjoint else runge_kutta
        return solve(self.field, x, end=self.end, steps=self.steps, method=self.method)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.features, generator=generator)}
