"""Spectrally normalised layer: a linear layer whose matrix stretches no vector by more than a factor.

Source: Miyato et al. 2018 (miyato2018spectral); Behrmann et al. 2019 (behrmann2019invertible), where a matrix that is
within the bound stays as it is.

Equations:
    y = W x + b,   W = V min(1, c / sigma(V))       sigma: largest singular value, c: the factor

Shapes: B examples, F input features, G outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class SpectralNormalisation(nn.Linear):
    """A linear layer that is scaled down where its matrix stretches by more than the factor.

    Args:
        in_features: Number F of input features.
        out_features: Number G of outputs.
        factor: The factor c.

    Example:
        >>> layer, (a, b) = SpectralNormalisation(), torch.randn(2, 1, 4)
        >>> bool((layer(a) - layer(b)).norm() <= 0.9 * (a - b).norm())
        True
    """

    @checked_arguments(factor=0.0)
    def __init__(self, *, in_features: int = 4, out_features: int = 3, factor: float = 0.9) -> None:
        super().__init__(in_features, out_features)
        self.factor = factor

    def matrix(self) -> Float[Tensor, "G F"]:
        """Return the matrix, whose largest singular value is at most the factor."""
        return self.weight * (self.factor / torch.linalg.matrix_norm(self.weight, 2)).clamp(max=1)

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the outputs."""
        return F.linear(x, self.matrix(), self.bias)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.in_features, generator=generator)}
