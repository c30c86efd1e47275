"""Fourier transform: a change to the basis of complex waves, which keeps lengths.

Source: Arjovsky, Shah & Bengio 2016, "Unitary evolution recurrent neural networks" (arjovsky2016unitary), where it is a
factor of the recurrent matrix.

Equations:
    F_jk = exp(-2 pi i j k / n) / sqrt(n),  F* F = I
    y = F x,  or F* x for the inverse

Shapes: B examples, U = n units; the last axis holds real and imaginary part.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class FourierTransform(nn.Module):
    """The unitary discrete Fourier transform, written out as a matrix.

    Args:
        inverse: Whether to transform back instead.

    Example:
        >>> constant = torch.tensor([[[1.0, 0.0]] * 4])
        >>> wave = torch.tensor([[[2.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]])
        >>> torch.allclose(FourierTransform()(constant), wave, atol=1e-6)
        True
    """

    @checked_arguments()
    def __init__(self, *, inverse: bool = False) -> None:
        super().__init__()
        self.sign = 1 if inverse else -1

    def forward(self, x: Float[Tensor, "B U 2"]) -> Float[Tensor, "B U 2"]:
        """Return the coordinates in the other basis."""
        size = x.shape[1]
        index = torch.arange(size, dtype=x.dtype, device=x.device)
        turns = torch.outer(index, index) % size / size  # of the circle
        waves = torch.polar(torch.full_like(turns, 1 / math.sqrt(size)), self.sign * 2 * math.pi * turns)
        return torch.view_as_real(torch.view_as_complex(x) @ waves)  # the matrix is symmetric

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random complex vectors."""
        return {"x": torch.randn(B, 5, 2, generator=generator)}
