"""Latent diffusion model: a diffusion model of the codes of an autoencoder, whose U-Net attends to a condition.

Source: Rombach, Blattmann, Lorenz, Esser & Ommer 2022, "High-resolution image synthesis with latent diffusion models"
(rombach2022high), and their code; the chain is that of Ho, Jain & Abbeel 2020 (ho2020denoising).

Equations:
    z = s mean(x)                           encoder: a normal distribution of codes, of which s times the mean is taken
    z_t = sqrt(kept_t) z + sqrt(1 - kept_t) noise        kept_t: product of all 1 - beta_s, s = 1 to t
    loss = |noise - guess(z_t, t, y)|^2                   y: vectors that stand for a text, a class or something else
    output = decoder((z_t - sqrt(1 - kept_t) guess(z_t, t, y)) / sqrt(kept_t) / s)
    a sample: z_T ~ N(0, I), reversed step by step to z_0, and decoded: x = decoder(z_0 / s)

Shapes: B examples, C and D channels of image and code, H and h height, W and w width, N numbers of a code, S vectors of
the condition with F numbers each.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.generative.variational_autoencoder import divergence
from implementations.concepts.convolution_layer.conditioned_u_net import ConditionedUNet
from implementations.concepts.convolution_layer.time_conditioned_u_net import SpatialAttention
from implementations.concepts.pooling.nearest_neighbour_upsampling import NearestNeighbourUpsampling
from kb.guards import checked_arguments, checked_inputs


class CodeDistribution(NamedTuple):
    """Means of a code's numbers, which are independent, and the logarithms of their variances."""

    mean: Float[Tensor, "B D h w"]
    log_variance: Float[Tensor, "B D h w"]


class ResidualBlock(nn.Module):
    """Two normalised convolutions, and a shortcut around them."""

    def __init__(self, inputs: int, outputs: int, groups: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = (nn.GroupNorm(groups, channels, eps=1e-6) for channels in (inputs, outputs))
        self.first, self.second = (nn.Conv2d(channels, outputs, 3, padding=1) for channels in (inputs, outputs))
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the sum of shortcut and branch."""
        h = self.first(F.silu(self.norm_1(x)))
        return self.shortcut(x) + self.second(F.silu(self.norm_2(h)))


def middle(width: int, groups: int) -> list[nn.Module]:
    """Return the layers on the coarsest level: two residual blocks with attention between them."""
    first, last = (ResidualBlock(width, width, groups) for _ in range(2))
    return [first, SpatialAttention(channels=width, groups=groups), last]


class Encoder(nn.Module):
    """From an image to the distribution of its code: levels of residual blocks, each half as high and wide."""

    def __init__(self, channels: int, widths: Sequence[int], blocks: int, code: int, groups: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(channels, widths[0], 3, padding=1)]
        for level, (before, width) in enumerate(pairwise([widths[0], *widths])):
            if level > 0:
                layers += [nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(before, before, 3, stride=2)]
            layers += [ResidualBlock(a, b, groups) for a, b in pairwise([before, *[width] * blocks])]
        layers += [*middle(widths[-1], groups), nn.GroupNorm(groups, widths[-1], eps=1e-6), nn.SiLU()]
        layers += [nn.Conv2d(widths[-1], 2 * code, 3, padding=1), nn.Conv2d(2 * code, 2 * code, 1)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "B C H W"]) -> CodeDistribution:
        """Return the distribution of the code of every image."""
        return CodeDistribution(*self.layers(x).chunk(2, 1))


class Decoder(nn.Module):
    """From a code to an image: levels of residual blocks, each twice as high and wide."""

    def __init__(self, channels: int, widths: Sequence[int], blocks: int, code: int, groups: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(code, code, 1), nn.Conv2d(code, widths[-1], 3, padding=1)]
        layers += middle(widths[-1], groups)
        for level, (before, width) in enumerate(pairwise([widths[-1], *widths[::-1]])):
            if level > 0:
                layers += [NearestNeighbourUpsampling(), nn.Conv2d(before, before, 3, padding=1)]
            layers += [ResidualBlock(a, b, groups) for a, b in pairwise([before, *[width] * (blocks + 1)])]
        layers += [nn.GroupNorm(groups, widths[0], eps=1e-6), nn.SiLU(), nn.Conv2d(widths[0], channels, 3, padding=1)]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: Float[Tensor, "B D h w"]) -> Float[Tensor, "B C H W"]:
        """Return the image that a code stands for."""
        return self.layers(z)


class LatentDiffusionModel(nn.Module):
    """An autoencoder, and a chain of noisy codes that a U-Net reverses.

    Args:
        image: Channels C, height and width of the images that are drawn.
        encoder_width, encoder_multipliers, encoder_blocks: Of the autoencoder what the names below are of the U-Net.
        code: Channels D of a code, which is half as high and wide as the image for every level but one.
        scale: Number by which codes are multiplied before noise is added, so that they have a variance of about one.
        steps, beta: Steps T, and shares of noise at the first and the last; in between, their roots grow evenly.
        width, multipliers, blocks, attention, heads, condition, groups: Of the U-Net, as in `ConditionedUNet`.

    Raises:
        ValueError: Shares are not between 0 and 1, or images cannot be halved as often as there are levels.

    Example:
        >>> LatentDiffusionModel().sample(2, torch.Generator(), condition=torch.ones(2, 1, 3)).shape
        torch.Size([2, 1, 4, 6])
    """

    beta: Tensor
    alpha_bar: Tensor

    @checked_arguments(attention=0, scale=1e-6)
    def __init__(
        self,
        *,
        image: Sequence[int] = (1, 4, 6),
        encoder_width: int = 2,
        encoder_multipliers: Sequence[int] = (1, 2),
        encoder_blocks: int = 1,
        code: int = 2,
        scale: float = 1.0,
        steps: int = 8,
        beta: Sequence[float] = (0.02, 0.6),
        width: int = 4,
        multipliers: Sequence[int] = (1,),
        blocks: int = 1,
        attention: Sequence[int] = (0,),
        heads: int = 2,
        condition: int = 3,
        groups: int = 2,
    ) -> None:
        super().__init__()
        if not 0 < min(beta) <= max(beta) < 1:
            raise ValueError(f"beta ({tuple(beta)}) must lie between 0 and 1")
        halved = len(encoder_multipliers) + len(multipliers) - 2
        if any(size % 2**halved for size in image[1:]):
            raise ValueError(f"image ({tuple(image)}) must be divisible by 2 {halved} times")
        self.image, self.code, self.scale, self.steps, self.condition = tuple(image), code, scale, steps, condition
        self.shrinking = 2 ** (len(encoder_multipliers) - 1)
        # In double precision for any precision of the network: the product has as many factors as there are steps.
        roots = torch.linspace(beta[0] ** 0.5, beta[1] ** 0.5, steps, dtype=torch.float64)
        self.register_buffer("beta", roots.square(), persistent=False)
        self.register_buffer("alpha_bar", (1 - self.beta).cumprod(0), persistent=False)
        widths = [encoder_width * multiplier for multiplier in encoder_multipliers]
        self.encoder = Encoder(image[0], widths, encoder_blocks, code, groups)
        self.decoder = Decoder(image[0], widths, encoder_blocks, code, groups)
        u_net = {"width": width, "multipliers": multipliers, "blocks": blocks, "attention": attention, "heads": heads}
        self.denoiser = ConditionedUNet(channels=code, condition=condition, groups=groups, **u_net)

    @checked_inputs()
    def forward(
        self,
        x: Float[Tensor, "B C H W"],
        t: Int[Tensor, " B"],
        condition: Float[Tensor, "B S F"],
        noise: Float[Tensor, "B N"] | None = None,
    ) -> Float[Tensor, "B C H W"]:
        """Encode images, make the codes noisy, subtract the noise that the U-Net predicts, and decode what is left.

        Args:
            x: Images with values from -1 to 1, whose height and width can be halved at every level but one.
            t: For every image, the step of the chain, from 1 to T, to which its code is taken.
            condition: Vectors that stand for what the image shows.
            noise: Standard normal numbers, at least as many as the code has; drawn where they are not given.
        """
        z = self.encode(x)
        noise = torch.randn_like(z) if noise is None else noise[:, : z[0].numel()].view(z.shape)
        kept, replaced = self.shares(t, z)
        noisy = kept * z + replaced * noise
        z = (noisy - replaced * self.denoiser(noisy, t, condition)) / kept
        return self.decoder(z / self.scale)

    def encode(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the mean code of every image, scaled."""
        return self.scale * self.encoder(x).mean

    def shares(self, t: Int[Tensor, " B"], z: Tensor) -> tuple[Float[Tensor, "B 1 1 1"], Float[Tensor, "B 1 1 1"]]:
        """Return the factors of code and noise in a code after t steps."""
        return (alpha_bar := self._extract(self.alpha_bar, t, z)).sqrt(), (1 - alpha_bar).sqrt()

    def simple_loss(
        self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"], condition: Float[Tensor, "B S F"]
    ) -> Float[Tensor, " B"]:
        """Return the squared error of the guess at a random step, as a mean over a code; the encoder is held fixed."""
        t = torch.randint(1, self.steps + 1, (len(x),), generator=generator)
        z = self.encode(x).detach()
        noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
        kept, replaced = self.shares(t, z)
        return (noise - self.denoiser(kept * z + replaced * noise, t, condition)).square().flatten(1).mean(1)

    def reconstruction_error(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the squared error of the image that is decoded from a random code, as a sum over its numbers."""
        mean, log_variance = self.encoder(x)
        z = mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator, dtype=mean.dtype)
        return (self.decoder(z) - x).square().flatten(1).sum(1)

    def divergence(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the divergence of an image's codes from standard normal ones; nothing is drawn."""
        return divergence(*(value.flatten(1) for value in self.encoder(x)))

    @torch.no_grad()
    def sample(
        self, count: int, generator: torch.Generator, *, condition: Float[Tensor, "B S F"] | None = None
    ) -> Float[Tensor, "B C H W"]:
        """Draw noise, run the chain in reverse, and decode the last mean; a condition left out is a vector of zeros."""
        shape, dtype = [size // self.shrinking for size in self.image[1:]], next(self.parameters()).dtype
        z = torch.randn(count, self.code, *shape, generator=generator, dtype=dtype)
        condition = z.new_zeros(count, 1, self.condition) if condition is None else condition
        for step in range(self.steps, 0, -1):
            t = torch.full((count,), step, device=z.device)
            beta, alpha_bar = (self._extract(values, t, z) for values in (self.beta, self.alpha_bar))
            z = (z - beta / (1 - alpha_bar).sqrt() * self.denoiser(z, t, condition)) / (1 - beta).sqrt()
            if step > 1:
                z = z + beta.sqrt() * torch.randn(z.shape, generator=generator, dtype=z.dtype)
        return self.decoder(z / self.scale)

    def _extract(self, values: Tensor, t: Tensor, like: Tensor) -> Float[Tensor, "B 1 1 1"]:
        return values[t - 1].to(like.dtype)[:, None, None, None]

    def example_inputs(
        self, generator: torch.Generator, *, S: int = 3, H: int = 4, B: int = 2, W: int = 6
    ) -> dict[str, Tensor]:
        """Return random images, whose height and width differ, steps of the chain, noise, and a condition."""
        # In this order block diagrams enlarge height or width by two only: attention to larger maps takes 11 GB.
        x = torch.randn(B, self.image[0], H, W, generator=generator)
        noise = torch.randn(B, self.code * (H // self.shrinking) * (W // self.shrinking), generator=generator)
        return self.denoiser_inputs(generator, B=B, S=S) | {"x": x, "noise": noise}

    def decoder_inputs(self, generator: torch.Generator, *, B: int = 2, P: int = 2, Q: int = 3) -> dict[str, Tensor]:
        """Return random codes."""
        return {"z": torch.randn(B, self.code, P, Q, generator=generator)}

    def denoiser_inputs(
        self, generator: torch.Generator, *, B: int = 2, P: int = 2, Q: int = 3, S: int = 3
    ) -> dict[str, Tensor]:
        """Return random codes, larger where the U-Net could not halve them, with steps of the chain and a condition."""
        by = 2 ** len(self.denoiser.downsample)
        x = torch.randn(B, self.code, -(-P // by) * by, -(-Q // by) * by, generator=generator)
        t = torch.randint(1, self.steps + 1, (B,), generator=generator)
        return {"x": x, "t": t, "condition": torch.randn(B, S, self.condition, generator=generator)}
