"""Average pooling: the mean of each window.

Source: as in the transitions of Huang et al. 2017 (huang2017densely): windows of 2 with a stride of 2.

Equations:
    y[c, p] = mean over o of x[c, s p + o]      o: offsets inside the window, s: stride

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class AveragePooling(nn.Module):
    """Two-dimensional average pooling, written as the mean over windows cut out of the image.

    Args:
        kernel_size: Width of the window.
        stride: Step from window to window.

    Raises:
        ValueError: The window or the stride is not positive.

    Example:
        >>> AveragePooling()(torch.tensor([[[[0.0, 2.0], [4.0, 6.0]]]]))
        tensor([[[[3.]]]])
    """

    @checked_arguments()
    def __init__(self, *, kernel_size: int = 2, stride: int = 2) -> None:
        super().__init__()
        if kernel_size < 1 or stride < 1:
            raise ValueError(f"kernel_size ({kernel_size}) and stride ({stride}) must be positive")
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C P Q"]:
        """Return the means, one for each window that fits in."""
        windows = x.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        return windows.mean((-2, -1))  # [B, C, P, Q, k, k] -> [B, C, P, Q]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random feature maps, with a column that fits into no window."""
        return {"x": torch.randn(B, 3, H, W, generator=generator)}
