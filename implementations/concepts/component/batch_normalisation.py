"""Batch normalisation: each channel gets mean 0 and variance 1 over the batch, then a learned scale and shift.

Source: Ioffe & Szegedy 2015, Algorithm 1 for training, Algorithm 2 for inference (ioffe2015batch).

Equations:
    x_hat = (x - mean) / sqrt(variance + epsilon)
    y     = gamma x_hat + beta
    In eval mode mean and variance are running averages, which makes it an affine map of each channel.

Shapes: B examples, C channels, any axes of positions.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments


class BatchNormalisation(nn.Module):
    """Normalisation over the batch and all positions, written out from the equations.

    Args:
        channels: Number C of channels, the second axis.
        epsilon: Added to the variance.
        momentum: Share of the newest batch in the running averages.
    """

    @checked_arguments(epsilon=0, momentum=(0, 1))
    def __init__(self, *, channels: int = 3, epsilon: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.epsilon, self.momentum = epsilon, momentum
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised tensor, `[B, C, ...]` as the input."""
        mean, variance = self.running_mean, self.running_var
        if self.training:
            axes = [axis for axis in range(x.dim()) if axis != 1]
            mean, variance = x.mean(axes), x.var(axes, correction=0)
            self._update_running_statistics(mean, variance, x.numel() // x.shape[1])
        shape = (1, -1, *(1,) * (x.dim() - 2))
        normalised = (x - mean.view(shape)) / (variance.view(shape) + self.epsilon).sqrt()
        return self.gamma.view(shape) * normalised + self.beta.view(shape)

    @torch.no_grad()
    def _update_running_statistics(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Update the running averages, with the unbiased estimate of the variance."""
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (variance * count / max(count - 1, 1) - self.running_var)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random feature maps that are far from normalised."""
        return {"x": 3 + 2 * torch.randn(B, len(self.gamma), 4, 4, generator=generator)}
