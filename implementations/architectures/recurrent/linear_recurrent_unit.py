"""Linear recurrent unit: a recurrence of complex numbers, each multiplied by its own eigenvalue inside the unit disc.

Source: Orvieto et al. 2023, "Resurrecting recurrent neural networks for long sequences", with the code of appendix A
(orvieto2023resurrecting); all steps at once as by Martin & Cundy 2018 (martin2018parallelizing).

Equations:
    h_t = lambda h_{t-1} + gamma (B x_t)                      number by number
    y_t = Re(C h_t) + d x_t
    lambda = exp(-exp(nu) + i exp(theta))                     |lambda| < 1 whatever nu and theta are
    gamma = sqrt(1 - |lambda|^2)                              at the start; then learned, as its logarithm
    at the start, |lambda|^2 is uniform between the squares of two radii, and the angle below a largest one

Shapes: B examples, T steps, F features, U numbers of the state: real parts, then imaginary parts.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.state_space_layer.diagonal_linear_recurrence import scan_from
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output of every step, and the state after the last."""

    y: Float[Tensor, "B T F"]
    h: Float[Tensor, "B U"]


class LinearRecurrentUnit(nn.Module):
    """The layer alone; deep networks have normalisation, gated units and a shortcut around each.

    Args:
        features: Number F of features of input and output.
        units: Number of complex numbers of the state.
        smallest: Smallest modulus of an eigenvalue at the start.
        largest: Largest modulus of an eigenvalue at the start.
        largest_angle: Largest angle of an eigenvalue at the start.

    Raises:
        ValueError: The largest modulus is not above the smallest.

    Example:
        >>> LinearRecurrentUnit(features=3)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 3])
    """

    @checked_arguments(smallest=(0, 1), largest=(0, 1), largest_angle=0)
    def __init__(
        self,
        *,
        features: int = 3,
        units: int = 6,
        smallest: float = 0.0,
        largest: float = 1.0,
        largest_angle: float = 2 * math.pi,
    ) -> None:
        super().__init__()
        if smallest >= largest:
            raise ValueError(f"smallest ({smallest}) and largest ({largest}) must be in this order, and not equal")
        self.features, self.units = features, units
        squared_moduli = torch.rand(units) * (largest**2 - smallest**2) + smallest**2
        self.log_decay = nn.Parameter((-squared_moduli.log() / 2).log())  # nu
        self.log_angle = nn.Parameter((torch.rand(units) * largest_angle).log())  # theta
        self.log_scale = nn.Parameter((1 - squared_moduli).log() / 2)  # gamma
        self.input = nn.Linear(features, 2 * units, bias=False)  # real and imaginary parts of B
        self.output = nn.Linear(2 * units, features, bias=False)  # real parts of C, and imaginary ones with a minus
        self.skip = nn.Parameter(torch.randn(features))
        nn.init.normal_(self.input.weight, std=(2 * features) ** -0.5)
        nn.init.normal_(self.output.weight, std=units**-0.5)

    @property
    def eigenvalues(self) -> Tensor:
        """The factors of the state, complex numbers inside the unit disc."""
        return torch.polar((-self.log_decay.exp()).exp(), self.log_angle.exp())

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        h = x.new_zeros(len(x), 2 * self.units) if h is None else h
        added = self.log_scale.exp().repeat(2) * self.input(x)  # [B, T, U]
        b = torch.complex(*added.chunk(2, -1))
        states = scan_from(torch.complex(*h.chunk(2, -1)), self.eigenvalues.expand_as(b), b)
        states = torch.cat([states.real, states.imag], -1)
        return States(self.output(states) + self.skip * x, states[:, -1])

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.features, generator=generator),
            "h": torch.randn(B, 2 * self.units, generator=generator),
        }
