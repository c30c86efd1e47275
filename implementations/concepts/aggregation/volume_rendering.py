"""Volume rendering: the colour that is seen along a ray through a medium of some density and colour.

Source: Mildenhall et al. 2020, eq. 3 and 5 (mildenhall2020nerf), after Max 1995.

Equations:
    C = sum over i of w_i c_i,  w_i = T_i (1 - exp(-s_i d_i)),  T_i = exp(-sum over j < i of s_j d_j)

Shapes: B rays, T samples along a ray from near to far, G colours.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class VolumeRendering(nn.Module):
    """A weighted sum of the colours along a ray; a sample has weight as far as it is dense and nothing is before it.

    Example:
        >>> density, colour = torch.tensor([[0.0, 1e9, 1e9]]), torch.tensor([[[1.0], [2.0], [3.0]]])
        >>> VolumeRendering()(density, torch.ones(1, 3), colour)
        tensor([[2.]])
    """

    def forward(
        self, density: Float[Tensor, "B T"], length: Float[Tensor, "B T"], colour: Float[Tensor, "B T G"]
    ) -> Float[Tensor, "B G"]:
        """Return the colour of every ray, whose samples have a density, the length they stand for, and a colour."""
        return (self.weights(density, length)[:, :, None] * colour).sum(1)

    def weights(self, density: Float[Tensor, "B T"], length: Float[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Return the share of the light at the end of a ray that comes from each sample."""
        depth = density * length
        transmittance = torch.exp(depth - depth.cumsum(1))  # of what is before a sample: without its own depth
        return -transmittance * torch.expm1(-depth)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 4) -> dict[str, Tensor]:
        """Return densities of which some are zero, lengths and colours."""
        return {
            "density": torch.randn(B, T, generator=generator).relu(),
            "length": torch.rand(B, T, generator=generator),
            "colour": torch.rand(B, T, 3, generator=generator),
        }
