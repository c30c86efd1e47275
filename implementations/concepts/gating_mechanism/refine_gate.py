"""Refine gate: a second gate that moves the value of a first one towards 0 or 1.

Source: Gu et al. 2020, "Improving the gating mechanism of recurrent neural networks", eq. 9 and 10 (gu2020gating).

Equations:
    g = r (1 - (1 - f)^2) + (1 - r) f^2 = 2 r f + (1 - 2 r) f^2

Shapes: B examples, U units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class RefineGate(nn.Module):
    """The effective value of a gate: between its square, and one minus the square of its complement.

    Example:
        >>> RefineGate()(torch.tensor([0.5, 0.5, 0.5]), torch.tensor([0.0, 0.5, 1.0]))
        tensor([0.2500, 0.5000, 0.7500])
    """

    def forward(self, f: Float[Tensor, "... U"], r: Float[Tensor, "... U"]) -> Float[Tensor, "... U"]:
        """Return the gate f as refined by the gate r."""
        return r * (1 - (1 - f).square()) + (1 - r) * f.square()

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return two random gates."""
        return {name: torch.rand(B, 4, generator=generator) for name in ("f", "r")}
