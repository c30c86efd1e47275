"""Maxout: a unit that is the largest of a few linear functions of its inputs.

Source: Goodfellow et al. 2013, "Maxout networks" (goodfellow2013maxout).

Equations:
    y_u = max over j of (w[u, j] . x + b[u, j])

Shapes: any leading axes, F features, U units, k pieces of a unit.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class Maxout(nn.Module):
    """Linear layer and maximum in one: unlike most activations, it is a function of several numbers.

    Args:
        in_features: Number F of features.
        units: Number U of units.
        pieces: Linear functions of a unit.

    Raises:
        ValueError: A unit has no pieces.

    Example:
        >>> unit = Maxout(in_features=1, units=1, pieces=2)
        >>> with torch.no_grad():
        ...     _ = unit.linear.weight.copy_(torch.tensor([[1.0], [-1.0]])), unit.linear.bias.zero_()
        >>> unit(torch.tensor([[-3.0], [2.0]])).T  # with these weights it is the absolute value
        tensor([[3., 2.]], grad_fn=<PermuteBackward0>)
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 5, units: int = 3, pieces: int = 2) -> None:
        super().__init__()
        if pieces < 1:
            raise ValueError(f"pieces ({pieces}) must be at least 1")
        self.pieces = pieces
        self.linear = nn.Linear(in_features, units * pieces)

    def forward(self, x: Float[Tensor, "*B F"]) -> Float[Tensor, "*B U"]:
        """Return the largest piece of every unit."""
        return self.linear(x).unflatten(-1, (-1, self.pieces)).amax(-1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.linear.in_features, generator=generator)}
