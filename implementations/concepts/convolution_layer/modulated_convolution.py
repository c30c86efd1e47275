"""Modulated convolution: a style scales the inputs of a convolution, and its outputs are scaled to unit variance.

Source: Karras et al. 2020 (karras2020analyzing).

Equations:
    s = A w + a                                          w: latent of the example; s: a number for every input channel
    k'_dco = s_c k_dco                                      modulation of the filter from channel c to d
    k''_dco = k'_dco / sqrt(sum over c and o of k'_dco^2 + epsilon)                                demodulation
    y_d = sum over c and o of k''_dco x_c(p + o)
which is computed with one filter for all examples: inputs are multiplied by s, outputs by the inverse square root.

Shapes: B examples, C input channels, G output channels, H height, W width, D numbers of the latent.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

EPSILON = 1e-8


class ModulatedConvolution(nn.Module):
    """A convolution whose filters depend on the latent of the example; height and width stay as they are.

    Filters are standard normal numbers, divided by the square root of how many an output channel has when they are
    used: so all layers learn at the same pace.

    Args:
        in_channels: Number C of input channels.
        out_channels: Number G of output channels.
        latent: Number D of numbers of the latent.
        kernel_size: Odd side of a filter.
        demodulate: Whether outputs are scaled to unit variance.

    Raises:
        ValueError: The side of a filter is even.
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 4,
        out_channels: int = 3,
        latent: int = 5,
        kernel_size: int = 3,
        demodulate: bool = True,
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd")
        self.demodulate, self.gain = demodulate, (in_channels * kernel_size**2) ** -0.5
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.style_weight = nn.Parameter(torch.randn(in_channels, latent))
        self.style_bias = nn.Parameter(torch.ones(in_channels))

    def forward(self, x: Float[Tensor, "B C H W"], w: Float[Tensor, "B D"]) -> Float[Tensor, "B G H W"]:
        """Return the result of each example's own convolution."""
        style = self.style(w)
        kernel = self.gain * self.weight
        y = F.conv2d(x * style[:, :, None, None], kernel, padding="same")
        if self.demodulate:
            variance = style.square() @ kernel.square().sum((2, 3)).T  # [B, G]
            y = y * torch.rsqrt(variance + EPSILON)[:, :, None, None]
        return y

    def style(self, w: Float[Tensor, "B D"]) -> Float[Tensor, "B C"]:
        """Return the number that multiplies each input channel; they begin around 1."""
        return F.linear(w, self.style_weight * w.shape[1] ** -0.5, self.style_bias)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 5, W: int = 4) -> dict[str, Tensor]:
        """Return random features, whose height and width differ, and latents."""
        x = torch.randn(B, self.weight.shape[1], H, W, generator=generator)
        return {"x": x, "w": torch.randn(B, self.style_weight.shape[1], generator=generator)}
