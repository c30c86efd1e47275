"""Scaled weight standardisation: filters get mean zero and a variance that keeps the variance of signals.

Source: Brock, De & Smith 2021, "Characterizing signal propagation to close the performance gap in unnormalized
ResNets" (brock2021characterizing).

Equations:
    W_hat[i, j] = g[i] (W[i, j] - mean[i]) / sqrt(N (variance[i] + epsilon))     over the N weights of output channel i

Shapes: B examples, C input channels, D output channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class ScaledStandardisedConvolution(nn.Conv2d):
    """A convolution with zero padding whose filters are standardised before they are used.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number D of output channels.
        kernel_size: Odd width of the filters.
        stride: Step.
        groups: Groups of channels that do not mix.
        epsilon: Added to the variance.

    Example:
        >>> layer = ScaledStandardisedConvolution(in_channels=2, out_channels=1)
        >>> layer.standardised().mean().abs().item() < 1e-6
        True
    """

    @checked_arguments(epsilon=0)
    def __init__(
        self,
        *,
        in_channels: int = 3,
        out_channels: int = 4,
        kernel_size: int = 3,
        stride: int = 1,
        groups: int = 1,
        epsilon: float = 1e-5,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, kernel_size // 2, groups=groups)
        self.epsilon = epsilon
        self.gain = nn.Parameter(torch.ones(out_channels, 1, 1, 1))

    def standardised(self) -> Float[Tensor, "D C_over_groups k k"]:
        """Return the filters that are used."""
        filters, gain = self.weight.flatten(1)[None], self.gain.flatten() / self.weight[0].numel() ** 0.5
        # Normalising groups of one channel each is the same, in a single pass over all weights.
        return F.group_norm(filters, len(gain), gain, eps=self.epsilon).view_as(self.weight)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the correlation with the standardised filters."""
        return self._conv_forward(x, self.standardised(), self.bias)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 5, W: int = 4) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
