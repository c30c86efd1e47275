"""Reparametrisation: a normal variable is written as a function of noise, so that gradients pass through it.

Source: Kingma & Welling 2014 (kingma2013auto); Rezende, Mohamed & Wierstra 2014 (rezende2014stochastic).

Equations:
    z = mean + exp(log_variance / 2) noise          noise ~ N(0, I)
    d E[f(z)] / d (mean, log_variance) = E[d f(z) / d (mean, log_variance)]

Shapes: any.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Reparametrisation(nn.Module):
    """Independent normal numbers with given means and variances, computed from standard normal ones.

    Example:
        >>> mean = torch.zeros(1, requires_grad=True)
        >>> z = Reparametrisation()(mean, torch.zeros(1), torch.ones(1))
        >>> z.square().backward()
        >>> z.detach(), mean.grad
        (tensor([1.]), tensor([2.]))
    """

    def forward(
        self, mean: Float[Tensor, "*any"], log_variance: Float[Tensor, "*any"], noise: Float[Tensor, "*any"]
    ) -> Float[Tensor, "*any"]:
        """Return the numbers for this noise."""
        return mean + (log_variance / 2).exp() * noise

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random means and variances, and noise."""
        names = "mean", "log_variance", "noise"
        return {name: torch.randn(B, 5, generator=generator) for name in names}
