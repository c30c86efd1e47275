"""Re-parametrisable block: three branches with batch normalisation that can be merged into one convolution.

Source: Ding et al. 2021, eq. 1 (ding2021repvgg): the block of stride 1, without the unit that follows it.

Equations:
    y = BN3(w3 * x) + BN1(w1 * x) + BN0(x)

Shapes: B examples, C channels, H height, W width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.batch_normalisation import BatchNormalisation
from kb.guards import checked_arguments


class ReParametrisableBlock(nn.Module):
    """Sum of a convolution of 3 by 3, one of one pixel, and a shortcut, each normalised.

    Args:
        channels: Number C of channels, in and out.
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 3) -> None:
        super().__init__()
        self.wide = nn.Parameter(torch.randn(channels, channels, 3, 3) / (9 * channels) ** 0.5)
        self.narrow = nn.Parameter(torch.randn(channels, channels, 1, 1) / channels**0.5)
        self.norms = nn.ModuleList(BatchNormalisation(channels=channels) for _ in range(3))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return the sum of the branches; zeros surround the image."""
        branches = F.conv2d(x, self.wide, padding=1), F.conv2d(x, self.narrow), x
        return sum(norm(branch) for norm, branch in zip(self.norms, branches, strict=True))

    def merged(self) -> tuple[Float[Tensor, "C C 3 3"], Float[Tensor, " C"]]:
        """Return filters and bias of the one convolution that equals the block in eval mode."""
        identity = torch.eye(len(self.wide), dtype=self.wide.dtype, device=self.wide.device)[:, :, None, None]
        kernels = self.wide, F.pad(self.narrow, [1] * 4), F.pad(identity, [1] * 4)
        weight, bias = torch.zeros_like(self.wide), torch.zeros_like(self.norms[0].beta)
        for kernel, norm in zip(kernels, self.norms, strict=True):
            scale = norm.gamma / (norm.running_var + norm.epsilon).sqrt()
            weight = weight + scale[:, None, None, None] * kernel
            bias = bias + norm.beta - scale * norm.running_mean
        return weight, bias

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return a random image; height and width differ."""
        return {"x": torch.randn(B, len(self.wide), H, W, generator=generator)}
