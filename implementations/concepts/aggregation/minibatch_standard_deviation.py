"""Minibatch standard deviation: appends to the features of all images how much they differ within a batch.

Source: Karras et al. 2018 (karras2018progressive), as in the networks of Karras et al. 2020 (karras2020analyzing).

Equations:
    s = mean over channels and positions of sqrt(variance over the images + epsilon)
    s is appended as one more channel of every image

Shapes: B images, C channels, H height, W width; G = C + 1 channels of the output.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

EPSILON = 1e-8


class MinibatchStandardDeviation(nn.Module):
    """One number of a batch, as a map. It has no parameters.

    Example:
        >>> x = torch.tensor([[[[1.0]]], [[[5.0]]]])
        >>> MinibatchStandardDeviation()(x).flatten(1)
        tensor([[1., 2.],
                [5., 2.]])
    """

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B G H W"]:
        """Return the features and one more channel."""
        variance = (x - x.mean(0)).square().mean(0)
        deviation = (variance + EPSILON).sqrt().mean()
        return torch.cat([x, deviation.expand(len(x), 1, *x.shape[2:])], 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, H: int = 4, W: int = 5) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, 2, H, W, generator=generator)}
