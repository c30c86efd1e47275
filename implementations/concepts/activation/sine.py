"""Sine unit: a sine of a multiple of the argument.

Source: Sitzmann et al. 2020, "Implicit neural representations with periodic activation functions"
(sitzmann2020implicit).

Equations:
    y = sin(omega_0 x),  omega_0 = 30 by default

Shapes: B examples, F numbers.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class Sine(nn.Module):
    """The function, with a factor that is not learned.

    Args:
        frequency: The factor omega_0.

    Example:
        >>> Sine(frequency=2.0)(torch.tensor([[0.0, torch.pi / 4]]))
        tensor([[0., 1.]])
    """

    @checked_arguments()
    def __init__(self, *, frequency: float = 30.0) -> None:
        super().__init__()
        self.frequency = frequency

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the sines."""
        return torch.sin(self.frequency * x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, F: int = 4) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, F, generator=generator)}
