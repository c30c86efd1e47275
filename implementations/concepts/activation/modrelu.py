"""ModReLU: a rectifier of the modulus of a complex number, which keeps the phase.

Source: Arjovsky, Shah & Bengio 2016, "Unitary evolution recurrent neural networks" (arjovsky2016unitary).

Equations:
    sigma(z) = (|z| + b) z / |z|  where |z| + b >= 0,  0 elsewhere

Shapes: B examples, U units; the last axis holds real and imaginary part.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class ModReLU(nn.Module):
    """The function, with a bias for every unit. Zero, which has no phase, is unchanged.

    Args:
        units: Number U of biases.

    Example:
        >>> sigma = ModReLU(units=1)
        >>> _ = sigma.bias.data.fill_(-1)
        >>> sigma(torch.tensor([[[3.0, 4.0]]]))  # of modulus 5, which becomes 4
        tensor([[[2.4000, 3.2000]]], grad_fn=<AddBackward0>)
    """

    @checked_arguments()
    def __init__(self, *, units: int = 4) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, x: Float[Tensor, "B U 2"]) -> Float[Tensor, "B U 2"]:
        """Lengthen or shorten every number, to no less than zero."""
        modulus = x.norm(dim=-1)
        change = torch.relu(modulus + self.bias) - modulus
        return x + change[..., None] * F.normalize(x, dim=-1)  # z / |z|, and zero at zero

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random complex numbers, the first of each example so short that a negative bias makes it zero."""
        x = torch.randn(B, len(self.bias), 2, generator=generator)
        x[:, 0] *= 0.05
        return {"x": x}
