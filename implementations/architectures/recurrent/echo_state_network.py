"""Echo state network: a fixed random recurrent network whose read-out alone is learned, by linear regression.

Source: Jaeger 2001, "The 'echo state' approach to analysing and training recurrent neural networks" (jaeger2001echo);
the lecture, S21.

Equations:
    h_t = (1 - a) h_{t-1} + a tanh(W_in x_t + W h_{t-1} + b)
    y_t = W_out h_t + c
    W_out = argmin sum_t |y_t - target_t|^2 + ridge |W_out|^2 over the steps after the wash-out
    W is sparse and has a given spectral radius; W, W_in and b are random and fixed; a = 1 is a plain unit.

Shapes: B examples, T steps, F input features, U reservoir units, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.initialisation.reservoir_scaling import reservoir_
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output of every step, and the state after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]


class EchoStateNetwork(nn.Module):
    """A reservoir of fixed recurrent units, and a linear read-out.

    Args:
        in_features: Number F of input features.
        units: Number U of reservoir units.
        out_features: Number G of outputs at every step.
        spectral_radius: Largest absolute value of an eigenvalue of the recurrent matrix.
        density: Share of recurrent weights that are not zero.
        leak: Share a of the state that is renewed at every step; 1 for plain units.
        input_scale: Input weights and biases are drawn evenly between minus and plus this.

    Raises:
        ValueError: The leak is not above 0 and at most 1.

    Example:
        >>> EchoStateNetwork(in_features=3, units=20, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments(spectral_radius=0, density=(0, 1))
    def __init__(
        self,
        *,
        in_features: int = 3,
        units: int = 8,
        out_features: int = 2,
        spectral_radius: float = 0.9,
        density: float = 0.5,
        leak: float = 1.0,
        input_scale: float = 0.5,
    ) -> None:
        super().__init__()
        if not 0 < leak <= 1:
            raise ValueError(f"leak ({leak}) must be above 0 and at most 1")
        self.leak = leak
        # Buffers, not parameters: the reservoir is saved with the network and never trained.
        self.register_buffer("input_weight", torch.empty(units, in_features).uniform_(-input_scale, input_scale))
        self.register_buffer("bias", torch.empty(units).uniform_(-input_scale, input_scale))
        weight = reservoir_(torch.empty(units, units), spectral_radius=spectral_radius, density=density)
        self.register_buffer("recurrent_weight", weight)
        self.read_out = nn.Linear(units, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        states = self.states(x, h)
        return States(self.read_out(states), states[:, -1])

    def states(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> Float[Tensor, "B T U"]:
        """Return the states of the reservoir at every step."""
        if h is None:
            h = x.new_zeros(len(x), len(self.bias))
        projected = nn.functional.linear(x, self.input_weight, self.bias)  # [B, T, U], all steps at once
        weight = self.recurrent_weight.T
        states = []
        for step in projected.unbind(1):
            h = h + self.leak * (torch.tanh(torch.addmm(step, h, weight)) - h)
            states.append(h)
        return torch.stack(states, 1)

    @torch.no_grad()
    def fit(
        self,
        x: Float[Tensor, "B T F"],
        target: Float[Tensor, "B T G"],
        *,
        wash_out: int = 50,
        ridge: float = 1e-6,
    ) -> None:
        """Set the read-out to the one of least squared error, by solving the normal equations of ridge regression.

        Args:
            x: Sequences, which are run from the zero state.
            target: What the outputs should be.
            wash_out: First steps that do not count, in which the state still depends on where it started.
            ridge: Weight of the squared read-out weights; the constant is not penalised.

        Raises:
            ValueError: The sequences are not longer than the wash-out.
        """
        if x.shape[1] <= wash_out:
            raise ValueError(f"sequences of {x.shape[1]} steps leave nothing after a wash-out of {wash_out}")
        states, expected = (
            run[:, wash_out:].flatten(0, 1).double() for run in (self.states(x), target)
        )  # [BT, U or G]
        middle, mean = states.mean(0), expected.mean(0)
        centred = states - middle
        identity = torch.eye(len(middle), dtype=centred.dtype, device=centred.device)
        gram = centred.T @ centred + ridge * identity
        weight = torch.linalg.solve(gram, centred.T @ (expected - mean)).T
        self.read_out.weight.copy_(weight)
        self.read_out.bias.copy_(mean - weight @ middle)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.input_weight.shape[1], generator=generator),
            "h": torch.rand(B, len(self.bias), generator=generator) * 2 - 1,
        }
