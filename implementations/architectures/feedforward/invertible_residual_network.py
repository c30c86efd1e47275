"""Invertible residual network: residual blocks whose branch contracts, so that each has an inverse.

Source: Behrmann et al. 2019, "Invertible residual networks" (behrmann2019invertible), Theorem 1 and Algorithm 1.

Equations:
    h_{l+1} = h_l + g_l(h_l),   g_l has a Lipschitz constant below 1
    h_l = h_{l+1} - g_l(h_l)                         the inverse, a fixed point that is found by iterating
    g_l(h) = W_2 tanh(W_1 h + b_1) + b_2             both matrices with largest singular values of at most c < 1

Shapes: B examples, F features, U hidden units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.constrained_layer.spectral_normalisation import SpectralNormalisation
from implementations.concepts.implicit_layer.fixed_point import fixed_point
from kb.guards import checked_arguments, checked_inputs


class InvertibleResidualNetwork(nn.Module):
    """Residual connections around perceptrons that contract.

    Args:
        features: Number F of features.
        hidden: Hidden units U of every branch.
        blocks: Number of blocks.
        factor: The factor c of every layer, below 1.

    Raises:
        ValueError: The factor is not between 0 and 1.

    Examples:
        >>> net, x = InvertibleResidualNetwork(), torch.randn(2, 3)
        >>> torch.allclose(net.inverse(net(x)), x, atol=1e-4)
        True
        >>> InvertibleResidualNetwork(factor=1.0)
        Traceback (most recent call last):
        ValueError: InvertibleResidualNetwork(factor=1.0) cannot be built: factor (1.0) must be between 0 and 1
    """

    @checked_arguments()
    def __init__(self, *, features: int = 3, hidden: int = 5, blocks: int = 3, factor: float = 0.9) -> None:
        super().__init__()
        if not 0 < factor < 1:
            raise ValueError(f"factor ({factor}) must be between 0 and 1")
        self.features = features
        self.blocks = nn.Sequential()
        for _ in range(blocks):
            first = SpectralNormalisation(in_features=features, out_features=hidden, factor=factor)
            second = SpectralNormalisation(in_features=hidden, out_features=features, factor=factor)
            self.blocks.append(ResidualConnection(branch=nn.Sequential(first, nn.Tanh(), second)))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the features after the last block."""
        return self.blocks(x)

    def inverse(self, y: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the features before the first block."""
        for block in reversed(self.blocks):
            y = _undone(block, y)
        return y

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.features, generator=generator)}


def _undone(block: ResidualConnection, y: Tensor) -> Tensor:
    """Return the input of a block; the output stands beside it, as rounding errors are relative to both."""

    def step(both: Tensor) -> Tensor:
        before = y - block.branch(both[0])
        return torch.stack([before, y])

    return fixed_point(step, torch.stack([y, y]))[0]
