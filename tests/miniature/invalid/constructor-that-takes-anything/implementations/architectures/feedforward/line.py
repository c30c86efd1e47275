"""A line: one number in, one number out.

Source: Rosenblatt 1958 (rosenblatt1958perceptron).

Equations:
    y = slope x + 1

Shapes: x [B, F] and y [B, G], with one feature each.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class Line(nn.Module):
    """`slope * x + 1`."""

    @checked_arguments()
    def __init__(self, *, slope: float = 1.0, **others: float) -> None:
        super().__init__()
        self.slope = slope

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        return self.slope * x + 1

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        return {"x": torch.randn(B, 1, generator=generator)}
