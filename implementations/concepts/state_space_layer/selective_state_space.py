"""Selective state space: every feature has a state whose rates of decay are computed from the input.

Source: Gu & Dao 2024, "Mamba: linear-time sequence modeling with selective state spaces" (gu2023mamba).

Equations:
    h_t = exp(Delta_t A) h_{t-1} + Delta_t B_t x_t          number by number; A = -exp(log_decay) < 0
    y_t = C_t h_t + D x_t
    (s_t, B_t, C_t) = W x_t,   Delta_t = softplus(W_Delta s_t + b)

Shapes: B examples, T steps, D features; N numbers of the state of each feature.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.state_space_layer.diagonal_linear_recurrence import scan_from
from kb.guards import checked_arguments

STEPS = 1e-3, 1e-1  # between which the steps Delta lie at the start


class States(NamedTuple):
    """The output of every step, and the state after the last."""

    y: Float[Tensor, "B T D"]
    h: Float[Tensor, "B D N"]


class SelectiveStateSpace(nn.Module):
    """All steps at once.

    Args:
        width: Number D of features.
        state: How many numbers the state of each feature has.
        rank: Number of features that the steps Delta are computed from.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6, state: int = 3, rank: int = 2) -> None:
        super().__init__()
        self.sizes = rank, state, state
        self.coefficients = nn.Linear(width, rank + 2 * state, bias=False)
        self.step = nn.Linear(rank, width)
        self.log_decay = nn.Parameter(torch.arange(1.0, state + 1).log().repeat(width, 1))
        self.skip = nn.Parameter(torch.ones(width))
        nn.init.uniform_(self.step.weight, -(rank**-0.5), rank**-0.5)
        shortest, longest = (math.log(bound) for bound in STEPS)
        steps = (torch.rand(width) * (longest - shortest) + shortest).exp()
        self.step.bias.data = steps + (-torch.expm1(-steps)).log()  # softplus gives the steps

    def forward(self, x: Float[Tensor, "B T D"], h: Float[Tensor, "B D N"]) -> States:
        """Run over a sequence from a given state, and return all outputs and the last state."""
        low_rank, b, c = self.coefficients(x).split(self.sizes, -1)
        step = F.softplus(self.step(low_rank))[..., None]  # [B, T, D, 1]
        kept = torch.exp(-step * self.log_decay.exp())  # [B, T, D, N]
        states = scan_from(h, kept, step * b[:, :, None] * x[..., None])
        return States((states * c[:, :, None]).sum(-1) + self.skip * x, states[:, -1])

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        shape = self.log_decay.shape
        return {
            "x": torch.randn(B, T, shape[0], generator=generator),
            "h": torch.randn(B, *shape, generator=generator),
        }
