"""Max pooling: the largest value in each window.

Source: as in Krizhevsky, Sutskever & Hinton 2012 (krizhevsky2012imagenet), whose windows overlap too.

Equations:
    y[c, p] = max over o of x[c, s p + o]      o: offsets inside the window, s: stride

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class MaxPooling(nn.Module):
    """Two-dimensional max pooling, written as the maximum over windows cut out of the image.

    Args:
        kernel_size: Odd width of the window. Positions beyond the border are ignored.
        stride: Step from window to window.

    Raises:
        ValueError: The window is even, or the stride is not positive.

    Example:
        >>> MaxPooling()(torch.tensor([[[[0.0, 3.0, 1.0, 2.0]]]]))
        tensor([[[[3., 3., 3., 2.]]]])
    """

    @checked_arguments()
    def __init__(self, *, kernel_size: int = 3, stride: int = 1) -> None:
        super().__init__()
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd and positive to centre the window")
        if stride < 1:
            raise ValueError(f"stride ({stride}) must be positive")
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C P Q"]:
        """Return the maxima, one for each position that the stride keeps."""
        size, stride = self.kernel_size, self.stride
        padded = F.pad(x, [size // 2] * 4, value=-torch.inf)
        windows = padded.unfold(2, size, stride).unfold(3, size, stride)  # [B, C, P, Q, k, k]
        return windows.amax((-2, -1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random feature maps below zero, where padding with zeros would change the result."""
        return {"x": -torch.rand(B, 3, H, W, generator=generator)}
