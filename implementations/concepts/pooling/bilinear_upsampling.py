"""Bilinear upsampling: a pixel of a larger map is a weighted mean of the four nearest pixels of a smaller one.

Source: Long, Shelhamer & Darrell 2015, sec. 3.3 (long2015fully), where it enlarges maps of scores.

Equations:
    y[c, p, q] = sum over h and w of L(s_p - h) L(s_q - w) x[c, h, w]       L(t) = max(0, 1 - |t|)
    s_p = (p + 1/2) / k - 1/2, limited to 0, ..., H - 1                     place of row p among the rows of x

Shapes: B images, C channels, H height, W width; P = k H, Q = k W.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class BilinearUpsampling(nn.Module):
    """Enlarges every channel in both directions; both maps cover the same square.

    Args:
        factor: How many times k as many rows and columns the result has.

    Example:
        >>> BilinearUpsampling()(torch.tensor([[[[0.0, 4.0]]]]))
        tensor([[[[0., 1., 3., 4.],
                  [0., 1., 3., 4.]]]])
    """

    @checked_arguments()
    def __init__(self, *, factor: int = 2) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C P Q"]:
        """Return the enlarged image."""
        rows, columns = (interpolation(size, self.factor).to(x) for size in x.shape[2:])
        return rows @ x @ columns.T

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 3) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, 2, H, W, generator=generator)}


def interpolation(size: int, factor: int) -> Float[Tensor, "P H"]:
    """Return the weights of the rows of a map in every row of the enlarged one."""
    place = ((torch.arange(factor * size, dtype=torch.float64) + 0.5) / factor - 0.5).clamp(0, size - 1)
    return (1 - (place[:, None] - torch.arange(size)).abs()).clamp_min(0)
