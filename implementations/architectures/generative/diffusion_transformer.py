"""Diffusion Transformer: the noise in an image is predicted by a Transformer over its patches.

Source: Peebles & Xie 2023, "Scalable diffusion models with transformers", sec. 3.2 and app. A (peebles2022scalable);
the chain of noisy images is that of Ho, Jain & Abbeel 2020 (ho2020denoising), the patches are those of Dosovitskiy et
al. 2021 (dosovitskiy2020image).

Equations:
    z_0 = E patches(x_t) + P                              P: sines and cosines of row and column
    c   = W_2 swish(W_1 code(t)) + vector(label)               a last label stands for none
    z'_l = z_{l-1} + gate(c) * MSA(modulated(z_{l-1}, c))
    z_l  = z'_l + gate'(c) * MLP(modulated'(z'_l, c))     modulated(z, c) = (1 + scale(c)) * LN(z) + shift(c)
    noise = patches^-1(W modulated''(z_L, c))             W = 0, and every gate, scale and shift is 0, at the start
    guided noise = guess(x_t, t) + s (guess(x_t, t, label) - guess(x_t, t))

Shapes: B examples, C channels, H height, W width, T patches, D width of the model.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.generative.denoising_diffusion_model import Denoised, DenoisingDiffusionModel
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from implementations.concepts.normalisation.adaln_zero import EPSILON, AdaLNZero
from implementations.concepts.position_code.sinusoidal_grid_code import SinusoidalGridCode, waves
from kb.guards import checked_arguments, checked_inputs


class SelfAttention(MultiHeadAttention):
    """Multi-head attention of a sequence to itself."""

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the result of attention at every position."""
        return super().forward(x, x)


class Block(nn.Module):
    """Self-attention and a perceptron, both normalised, scaled and gated as a condition has it."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU("tanh"), nn.Linear(hidden, width))
        self.attention = AdaLNZero(width=width, branch=SelfAttention(width=width, heads=heads))
        self.perceptron = AdaLNZero(width=width, branch=perceptron)

    def forward(self, z: Float[Tensor, "B T D"], condition: Float[Tensor, "B D"]) -> Float[Tensor, "B T D"]:
        """Return the block's output; before training that is its input."""
        return self.perceptron(self.attention(z, condition), condition)


class Denoiser(nn.Module):
    """A Transformer from the patches of a noisy image, with its step and perhaps its class, to the noise in them."""

    def __init__(
        self, *, channels: int, patch: int, width: int, heads: int, hidden: int, blocks: int, classes: int, time: int
    ) -> None:
        super().__init__()
        self.patch, self.time, self.classes = patch, time, classes
        self.embedding = PatchEmbedding(channels=channels, width=width, patch=patch)
        self.code = SinusoidalGridCode(width=width)
        self.time_embedding = nn.Sequential(nn.Linear(time, width), nn.SiLU(), nn.Linear(width, width))
        self.label_embedding = nn.Embedding(classes + 1, width)
        self.blocks = nn.ModuleList(Block(width, heads, hidden) for _ in range(blocks))
        self.norm = nn.LayerNorm(width, eps=EPSILON, elementwise_affine=False)
        self.modulation = nn.Linear(width, 2 * width)
        self.read_out = nn.Linear(width, channels * patch**2)
        for parameter in (*self.modulation.parameters(), *self.read_out.parameters()):
            nn.init.zeros_(parameter)

    def forward(
        self, x: Float[Tensor, "B C H W"], t: Int[Tensor, " B"], label: Int[Tensor, " B"] | None = None
    ) -> Float[Tensor, "B C H W"]:
        """Return the noise in every image, which is at step t and of a class; a new network predicts none."""
        rows, columns = (size // self.patch for size in x.shape[2:])
        label = torch.full_like(t, self.classes) if label is None else label
        condition = self.time_embedding(waves(t, self.time).to(x.dtype)) + self.label_embedding(label)
        z = self.code(self.embedding(x).unflatten(1, (rows, columns))).flatten(1, 2)
        for block in self.blocks:
            z = block(z, condition)
        shift, scale = self.modulation(F.silu(condition))[:, None].chunk(2, 2)
        patches = self.read_out(self.norm(z) * (1 + scale) + shift)  # [B, T, C P P]
        return F.pixel_shuffle(patches.mT.unflatten(2, (rows, columns)), self.patch)


class DiffusionTransformer(DenoisingDiffusionModel):
    """The chain of noisy images of a denoising diffusion model, and a Transformer that reverses it.

    Args:
        image: Channels C, height and width of the images that are drawn.
        steps, beta, levels: As in `DenoisingDiffusionModel`.
        patch: Side of a patch; must divide height and width.
        width: Width D of the model, divisible by four.
        heads: Attention heads; must divide the width.
        hidden: Hidden units of the perceptrons.
        blocks: Number of blocks.
        classes: Number of classes that images may have.
        time: Even number of sines and cosines that encode the step.
        dropped: Share of the labels that training drops, so that the noise is also predicted without them.

    Raises:
        ValueError: The patches do not tile the image, or the heads do not divide the width.

    Example:
        >>> model = DiffusionTransformer(steps=10, classes=3)
        >>> model.sample(2, torch.Generator().manual_seed(0), label=torch.tensor([0, 2]), guidance=4.0).shape
        torch.Size([2, 1, 4, 4])
    """

    @checked_arguments(dropped=(0, 1))
    def __init__(
        self,
        *,
        image: Sequence[int] = (1, 4, 4),
        steps: int = 8,
        beta: Sequence[float] = (0.02, 0.6),
        levels: int = 17,
        patch: int = 2,
        width: int = 8,
        heads: int = 2,
        hidden: int = 12,
        blocks: int = 2,
        classes: int = 3,
        time: int = 6,
        dropped: float = 0.1,
    ) -> None:
        super().__init__(image=image, steps=steps, beta=beta, levels=levels, multipliers=(1,), attention=())
        if any(size % patch for size in image[1:]):
            raise ValueError(f"image ({tuple(image)}) must have a height and a width that patch ({patch}) divides")
        self.dropped = dropped
        self.denoiser = Denoiser(  # in place of the U-Net
            channels=image[0],
            patch=patch,
            width=width,
            heads=heads,
            hidden=hidden,
            blocks=blocks,
            classes=classes,
            time=time,
        )

    @checked_inputs()
    def forward(
        self,
        x: Float[Tensor, "B C H W"],
        t: Int[Tensor, " B"],
        noise: Float[Tensor, "B C H W"] | None = None,
        label: Int[Tensor, " B"] | None = None,
    ) -> Denoised:
        """Make images noisy, and predict the noise.

        Args:
            x: Images with values from -1 to 1.
            t: For every image, the step of the chain, from 1 to T, to which it is taken.
            noise: Standard normal numbers; drawn where they are not given.
            label: The class of every image; without it the network gets none.
        """
        noise = torch.randn_like(x) if noise is None else noise
        alpha_bar = self._extract(self.alpha_bar, t, x)
        noisy = alpha_bar.sqrt() * x + (1 - alpha_bar).sqrt() * noise
        return Denoised(noisy, self.denoiser(noisy, t, label))

    def simple_loss(
        self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"], label: Int[Tensor, " B"] | None = None
    ) -> Float[Tensor, " B"]:
        """Return the squared error of the guess at a random step, with some of the labels dropped."""
        t = torch.randint(1, self.steps + 1, (len(x),), generator=generator)
        noise = torch.randn(x.shape, generator=generator, dtype=x.dtype)
        if label is not None:
            label = torch.where(torch.rand(len(x), generator=generator) < self.dropped, self.denoiser.classes, label)
        return (self(x, t, noise, label).predicted_noise - noise).square().flatten(1).mean(1)

    def guided(
        self, x: Float[Tensor, "B C H W"], t: Int[Tensor, " B"], label: Int[Tensor, " B"] | None, guidance: float
    ) -> Float[Tensor, "B C H W"]:
        """Return the noise without a class, plus a multiple of what the class changes."""
        free = self.denoiser(x, t)
        return free if label is None else free + guidance * (self.denoiser(x, t, label) - free)

    @torch.no_grad()
    def sample(
        self, count: int, generator: torch.Generator, *, label: Int[Tensor, " B"] | None = None, guidance: float = 1.0
    ) -> Float[Tensor, "B C H W"]:
        """Draw noise, and run the chain in reverse, for classes where they are given."""
        dtype = self.denoiser.read_out.weight.dtype
        x = torch.randn(count, *self.image, generator=generator, dtype=dtype)
        for step in range(self.steps, 0, -1):
            t = torch.full((count,), step, device=x.device)
            x = self.mean(x, self.guided(x, t, label, guidance), t)
            if step > 1:
                x = x + self._extract(self.beta, t, x).sqrt() * torch.randn(x.shape, generator=generator, dtype=dtype)
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, H: int = 4, W: int = 4) -> dict[str, Tensor]:
        """Return images of random grey values, steps of the chain, noise, and classes."""
        inputs = super().example_inputs(generator, B=B, H=H, W=W)
        return inputs | {"label": torch.randint(0, self.denoiser.classes, (B,), generator=generator)}
