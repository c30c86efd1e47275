"""Unitary recurrent network: a complex state, mixed at every step by a product of simple unitary matrices.

Source: Arjovsky, Shah & Bengio 2016, "Unitary evolution recurrent neural networks" (arjovsky2016unitary).

Equations:
    W = D_3 R_2 F^-1 D_2 Pi R_1 F D_1
    D = diag(exp(i w)),  R = I - 2 v v* / |v|^2,  Pi a fixed permutation,  F the unitary Fourier transform
    h_t = modReLU(W h_{t-1} + V x_t),  modReLU(z) = relu(|z| + b) z / |z|
    y_t = U (Re h_t, Im h_t) + c

Shapes: B examples, T steps, F input features, U complex hidden units, G output features; the last axis of a state, of
two, holds real and imaginary part.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn

from implementations.concepts.activation.modrelu import ModReLU
from implementations.concepts.unitary_layer.householder_reflection import HouseholderReflection
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output of every step, and the state after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U 2"]


class UnitaryRecurrentNetwork(nn.Module):
    """A unitary transition with 7 U real parameters, whose matrix is never formed.

    Args:
        in_features: Number F of input features.
        units: Number U of complex hidden units.
        out_features: Number G of outputs at every step.
        linear: Whether the non-linearity is left out.

    Example:
        >>> UnitaryRecurrentNetwork(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 6, out_features: int = 2, linear: bool = False) -> None:
        super().__init__()
        self.units = units
        self.input = nn.Linear(in_features, 2 * units, bias=False)
        self.phases = nn.Parameter(torch.empty(3, units).uniform_(-math.pi, math.pi))
        self.reflections = nn.ModuleList(HouseholderReflection(units=units) for _ in range(2))
        self.register_buffer("permutation", torch.randperm(units))
        self.activation = nn.Identity() if linear else ModReLU(units=units)
        self.first = nn.Parameter(torch.empty(units, 2).uniform_(-1, 1) * math.sqrt(3 / (2 * units)))
        self.read_out = nn.Linear(2 * units, out_features)
        bound = math.sqrt(6 / (in_features + units))  # for real and imaginary parts each
        nn.init.uniform_(self.input.weight, -bound, bound)
        nn.init.xavier_uniform_(self.read_out.weight)
        nn.init.zeros_(self.read_out.bias)

    def diagonals(self) -> Complex[Tensor, "3 U"]:
        """Return D_1, D_2 and D_3: numbers on the unit circle."""
        return torch.polar(torch.ones_like(self.phases), self.phases)

    def transition(self, h: Float[Tensor, "B U 2"], turn: Complex[Tensor, "3 U"]) -> Float[Tensor, "B U 2"]:
        """Multiply states by W, factor by factor from the right."""
        z = torch.fft.fft(torch.view_as_complex(h) * turn[0], norm="ortho")
        z = self._reflect(0, z)[:, self.permutation]
        z = torch.fft.ifft(z * turn[1], norm="ortho")
        return torch.view_as_real(self._reflect(1, z) * turn[2])

    def _reflect(self, number: int, z: Complex[Tensor, "B U"]) -> Complex[Tensor, "B U"]:
        return torch.view_as_complex(self.reflections[number](torch.view_as_real(z)))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U 2"] | None = None) -> States:
        """Run over a sequence, from a given state or the one learned, and return all outputs and the last state."""
        h = self.first.expand(len(x), -1, -1).contiguous() if h is None else h
        projected = self.input(x).unflatten(2, (self.units, 2))  # [B, T, U, 2], all steps at once
        turn, states = self.diagonals(), []
        for step in projected.unbind(1):
            h = self.activation(self.transition(h, turn) + step)
            states.append(h)
        return States(self.read_out(torch.stack(states, 1).flatten(2)), h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence of inputs about as long as the first state, which is the one learned."""
        x = torch.randn(B, T, self.input.in_features, generator=generator)
        return {"x": x / math.sqrt(self.input.in_features)}
