"""Bidirectional network: one recurrent network reads forwards, another backwards, and every output sees both states.

Source: Schuster & Paliwal 1997, "Bidirectional recurrent neural networks" (schuster1997bidirectional).

Equations:
    f_t = tanh(W_f x_t + U_f f_{t-1} + b_f)     from the first step to the last
    b_t = tanh(W_b x_t + U_b b_{t+1} + b_b)     from the last step to the first
    y_t = V [f_t, b_t] + c

Shapes: B examples, T steps, F input features, U hidden units in each direction, G output features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class Reader(nn.Module):
    """A recurrent network that starts from a state of zeros, and keeps all of its states."""

    def __init__(self, in_features: int, units: int) -> None:
        super().__init__()
        self.input = nn.Linear(in_features, units)
        self.recurrent = nn.Linear(units, units, bias=False)

    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T U"]:
        """Return the state after every step."""
        h, states = x.new_zeros(len(x), self.recurrent.in_features), []
        for step in self.input(x).unbind(1):
            h = torch.tanh(torch.addmm(step, h, self.recurrent.weight.T))
            states.append(h)
        return torch.stack(states, 1)


class BidirectionalNetwork(nn.Module):
    """Two readers of opposite directions, and a linear read-out of both states.

    Args:
        in_features: Number F of input features.
        units: Number U of hidden units in each direction.
        out_features: Number G of outputs at every step.

    Example:
        >>> BidirectionalNetwork(in_features=3, units=8, out_features=2)(torch.zeros(4, 10, 3)).shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 6, out_features: int = 2) -> None:
        super().__init__()
        self.forwards, self.backwards = (Reader(in_features, units) for _ in range(2))
        self.read_out = nn.Linear(2 * units, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T G"]:
        """Return one output for every step, from what comes before it and what comes after."""
        return self.read_out(torch.cat([self.forwards(x), self.backwards(x.flip(1)).flip(1)], -1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, self.forwards.input.in_features, generator=generator)}
