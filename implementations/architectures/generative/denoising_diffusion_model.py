"""Denoising diffusion model: data turn into noise step by step, and a network learns to reverse each step.

Source: Ho, Jain & Abbeel 2020, "Denoising diffusion probabilistic models" (ho2020denoising), with the network that its
code has; the chain is of Sohl-Dickstein et al. 2015 (sohl2015deep), the U-Net of Ronneberger et al. 2015
(ronneberger2015u).

Equations:
    q(x_t | x_(t-1)) = N(sqrt(1 - beta_t) x_(t-1), beta_t I),   t = 1 to T
    x_t = sqrt(kept_t) x_0 + sqrt(1 - kept_t) noise             kept_t: product of all 1 - beta_s, s = 1 to t
    p(x_(t-1) | x_t) = N(mean_t, beta_t I)                      p(x_T) = N(0, I)
    mean_t = (x_t - beta_t / sqrt(1 - kept_t) guess(x_t, t)) / sqrt(1 - beta_t)
    simple loss = |noise - guess(x_t, t)|^2 for a random t
    -log p(x_0) <= KL(q(x_T | x_0) || p(x_T)) + sum over t > 1 of KL(q(x_(t-1) | x_t, x_0) || p(x_(t-1) | x_t))
                   - log p(x_0 | x_1),   in which a grey value is an interval, and the outermost two have no ends

Shapes: B examples, C channels, H height, W width.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.convolution_layer.time_conditioned_u_net import TimeConditionedUNet
from kb.guards import checked_arguments, checked_inputs

FAR = 1e3
"""An end of an interval of grey values that has none."""


class Denoised(NamedTuple):
    """A noisy image, and the noise that the network finds in it."""

    noisy: Float[Tensor, "B C H W"]
    predicted_noise: Float[Tensor, "B C H W"]


class DenoisingDiffusionModel(nn.Module):
    """A chain of noisy images, and the network that reverses it.

    Args:
        image: Channels C, height and width of the images that are drawn.
        steps: Steps T of the chain.
        beta: Share of the variance that is replaced by noise, at the first and at the last step; in between it grows
            evenly.
        levels: Number of grey values, from -1 to 1, that data have.
        width, multipliers, blocks, attention, groups, dropout: As in `TimeConditionedUNet`.

    Raises:
        ValueError: Shares are not between 0 and 1, or images cannot be halved as often as there are levels.

    Example:
        >>> model = DenoisingDiffusionModel(steps=10)
        >>> model.sample(2, torch.Generator().manual_seed(0)).shape
        torch.Size([2, 1, 6, 4])
    """

    beta: Tensor
    alpha_bar: Tensor

    @checked_arguments(attention=0, dropout=(0, 1))
    def __init__(
        self,
        *,
        image: Sequence[int] = (1, 6, 4),
        steps: int = 8,
        beta: Sequence[float] = (0.02, 0.6),
        levels: int = 17,
        width: int = 4,
        multipliers: Sequence[int] = (1, 2),
        blocks: int = 1,
        attention: Sequence[int] = (1,),
        groups: int = 2,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if not 0 < min(beta) <= max(beta) < 1:
            raise ValueError(f"beta ({tuple(beta)}) must lie between 0 and 1")
        if any(size % 2 ** (len(multipliers) - 1) for size in image[1:]):
            raise ValueError(
                f"image ({tuple(image)}) must be divisible by 2 at all but one of {len(multipliers)} levels"
            )
        self.image, self.steps, self.levels = tuple(image), steps, levels
        # In double precision for any precision of the network: the product has as many factors as there are steps.
        self.register_buffer("beta", torch.linspace(*beta, steps, dtype=torch.float64), persistent=False)
        self.register_buffer("alpha_bar", (1 - self.beta).cumprod(0), persistent=False)
        self.denoiser = TimeConditionedUNet(
            channels=image[0],
            width=width,
            multipliers=multipliers,
            blocks=blocks,
            attention=attention,
            groups=groups,
            dropout=dropout,
        )

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B C H W"], t: Int[Tensor, " B"], noise: Float[Tensor, "B C H W"] | None = None
    ) -> Denoised:
        """Make images noisy, and predict the noise.

        Args:
            x: Images with values from -1 to 1.
            t: For every image, the step of the chain, from 1 to T, to which it is taken.
            noise: Standard normal numbers; drawn where they are not given.
        """
        noise = torch.randn_like(x) if noise is None else noise
        alpha_bar = self._extract(self.alpha_bar, t, x)
        noisy = alpha_bar.sqrt() * x + (1 - alpha_bar).sqrt() * noise
        return Denoised(noisy, self.denoiser(noisy, t))

    def simple_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the squared error of the guess at a random step, as a mean over the numbers of an image."""
        t = torch.randint(1, self.steps + 1, (len(x),), generator=generator)
        noise = _noise(x, generator)
        return (self(x, t, noise).predicted_noise - noise).square().flatten(1).mean(1)

    def negative_bound(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return all terms of the variational bound of -log p(x), each for noise of its own."""
        last = self.alpha_bar[-1].to(x.dtype)
        bound = (last * (x.square() - 1) - torch.log1p(-last)).flatten(1).sum(1) / 2
        for step in range(1, self.steps + 1):
            t = torch.full((len(x),), step, device=x.device)
            bound = bound + self.bound_term(x, t, _noise(x, generator))
        return bound

    def bound_term(
        self, x: Float[Tensor, "B C H W"], t: Int[Tensor, " B"], noise: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, " B"]:
        """Return the bound's term for one step of the chain: a divergence, or at the first -log p(x_0 | x_1)."""
        noisy, predicted_noise = self(x, t, noise)
        mean, beta = self.mean(noisy, predicted_noise, t), self._extract(self.beta, t, x)
        true_mean, variance = self.posterior(x, noisy, t)
        ratio = variance / beta
        divergence = (ratio - 1 - ratio.clamp_min(1e-30).log() + (true_mean - mean).square() / beta) / 2
        negative_log_likelihood = -interval_log_probability(x, mean, beta.sqrt(), self.levels)
        return torch.where(t[:, None, None, None] > 1, divergence, negative_log_likelihood).flatten(1).sum(1)

    def posterior(
        self, x: Float[Tensor, "B C H W"], noisy: Float[Tensor, "B C H W"], t: Int[Tensor, " B"]
    ) -> tuple[Float[Tensor, "B C H W"], Float[Tensor, "B 1 1 1"]]:
        """Return mean and variance of x_(t-1) given x_t and x_0; at the first step they are x_0 and 0."""
        beta, alpha_bar = self._extract(self.beta, t, x), self._extract(self.alpha_bar, t, x)
        before = alpha_bar / (1 - beta)
        mean = (before.sqrt() * beta * x + (1 - beta).sqrt() * (1 - before) * noisy) / (1 - alpha_bar)
        return mean, (1 - before) / (1 - alpha_bar) * beta

    def mean(
        self, noisy: Float[Tensor, "B C H W"], predicted_noise: Float[Tensor, "B C H W"], t: Int[Tensor, " B"]
    ) -> Float[Tensor, "B C H W"]:
        """Return the mean of p(x_(t-1) | x_t) for a prediction of the noise."""
        beta, alpha_bar = self._extract(self.beta, t, noisy), self._extract(self.alpha_bar, t, noisy)
        return (noisy - beta / (1 - alpha_bar).sqrt() * predicted_noise) / (1 - beta).sqrt()

    def _extract(self, values: Tensor, t: Tensor, like: Tensor) -> Float[Tensor, "B 1 1 1"]:
        return values[t - 1].to(like.dtype)[:, None, None, None]

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B C H W"]:
        """Draw noise, and run the chain in reverse; of the last step the mean is returned."""
        x = torch.randn(count, *self.image, generator=generator, dtype=self.denoiser.stem.weight.dtype)
        for step in range(self.steps, 0, -1):
            t = torch.full((count,), step, device=x.device)
            x = self.mean(x, self.denoiser(x, t), t)
            if step > 1:
                x = x + self._extract(self.beta, t, x).sqrt() * _noise(x, generator)
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, H: int = 6, W: int = 4) -> dict[str, Tensor]:
        """Return images of random grey values, whose height and width differ, steps of the chain, and noise."""
        shape = B, self.image[0], H, W
        x = torch.randint(0, self.levels, shape, generator=generator) * 2 / (self.levels - 1) - 1
        t = torch.randint(1, self.steps + 1, (B,), generator=generator)
        return {"x": x, "t": t, "noise": torch.randn(shape, generator=generator)}


def interval_log_probability(
    x: Float[Tensor, "B C H W"], mean: Float[Tensor, "B C H W"], deviation: Float[Tensor, "B 1 1 1"], levels: int
) -> Float[Tensor, "B C H W"]:
    """Return the log-probability of each grey value's interval for a normal number; the outermost are unbounded."""
    half = 1 / (levels - 1)
    lower = (torch.where(x < -1 + half, -FAR, x - half) - mean) / deviation
    upper = (torch.where(x > 1 - half, FAR, x + half) - mean) / deviation
    above = lower > 0  # mirror both ends: differences of probabilities near one would lose all digits
    lower, upper = torch.where(above, -upper, lower), torch.where(above, -lower, upper)
    log_lower, log_upper = torch.special.log_ndtr(lower), torch.special.log_ndtr(upper)
    return log_upper + torch.log1p(-(log_lower - log_upper).exp())


def _noise(x: Tensor, generator: torch.Generator) -> Tensor:
    return torch.randn(x.shape, generator=generator, dtype=x.dtype)
