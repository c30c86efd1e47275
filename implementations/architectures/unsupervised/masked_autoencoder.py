"""Masked autoencoder: an encoder sees a few patches of an image, and a small decoder predicts the pixels of the rest.

Source: He et al. 2022, "Masked autoencoders are scalable vision learners", sec. 3 and app. A.1 (he2022masked); the
blocks are those of the Vision Transformer.

Equations:
    visible: the V = floor((1 - r) T) patches with the smallest noise
    z = LN(blocks([c; E x_i + P_i for visible i]))
    u_i = A z_i + Q_i if patch i is visible, else m + Q_i
    predicted pixels of patch i = R LN(blocks([A c'; u_1; ...; u_T]))_i        c': the class token's row of z
    loss = mean over hidden patches of |predicted - pixels|^2, whose pixels may be normalised patch by patch

Shapes: B examples, C channels, H height, W width, T patches, S visible patches and the class token, D width of the
encoder, F numbers of a patch.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.class_token import ClassToken
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from implementations.concepts.position_code.sinusoidal_grid_code import SinusoidalGridCode
from implementations.concepts.sequence_operation.random_masking import RandomMasking, ranks, restored
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the variances of normalisation, as in the authors' code."""
SPREAD = 0.02
"""Standard deviation of the mask token's first values, as in the authors' code."""
LEAST_VARIANCE = 1e-6
"""Added to the variance of a patch, as in the authors' code."""


class Reconstruction(NamedTuple):
    """The predicted image, and which patches were hidden: 1 for those, 0 for visible ones."""

    image: Float[Tensor, "B C H W"]
    hidden: Float[Tensor, "B T"]


class Block(nn.Module):
    """Self-attention and a perceptron, each with a normalised input and a residual connection."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width, eps=EPSILON)
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.perceptron_norm = nn.LayerNorm(width, eps=EPSILON)
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, z: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the block's output."""
        normed = self.attention_norm(z)
        z = z + self.attention(normed, normed)
        return z + self.perceptron(self.perceptron_norm(z))


class Encoder(nn.Module):
    """A Vision Transformer without a read-out, of the visible patches alone."""

    def __init__(
        self,
        grid: Sequence[int],
        patch: int,
        channels: int,
        width: int,
        heads: int,
        hidden: int,
        blocks: int,
        masked: float,
    ) -> None:
        super().__init__()
        self.grid = tuple(grid)
        self.embedding = PatchEmbedding(channels=channels, width=width, patch=patch)
        self.code = SinusoidalGridCode(width=width)
        self.masking = RandomMasking(masked=masked)
        self.class_token = ClassToken(width=width)
        self.blocks = nn.Sequential(*(Block(width, heads, hidden) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width, eps=EPSILON)

    def forward(self, x: Float[Tensor, "B C H W"], noise: Float[Tensor, "B T"]) -> Float[Tensor, "B S D"]:
        """Return the features of the class token, and of the patches with the smallest noise in the order of it."""
        tokens = self.code(self.embedding(x).unflatten(1, self.grid)).flatten(1, 2)  # [B, T, D], by rows and columns
        return self.norm(self.blocks(self.class_token(self.masking(tokens, noise).visible)))


class Decoder(nn.Module):
    """Blocks over all patches, of which the hidden ones begin as one learned vector, and a read-out of pixels."""

    def __init__(
        self,
        grid: Sequence[int],
        patch: int,
        channels: int,
        width: int,
        heads: int,
        hidden: int,
        blocks: int,
        seen: int,
    ) -> None:
        super().__init__()
        self.grid, self.patch = tuple(grid), patch
        self.embedding = nn.Linear(seen, width)
        self.mask_token = nn.Parameter(torch.randn(width) * SPREAD)
        self.code = SinusoidalGridCode(width=width)
        self.blocks = nn.Sequential(*(Block(width, heads, hidden) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width, eps=EPSILON)
        self.read_out = nn.Linear(width, channels * patch**2)

    def forward(self, z: Float[Tensor, "B S D"], noise: Float[Tensor, "B T"]) -> Float[Tensor, "B C H W"]:
        """Return the predicted pixels of all patches."""
        z = self.embedding(z)
        patches = restored(z[:, 1:], self.mask_token, noise).unflatten(1, self.grid)
        tokens = self.norm(self.blocks(torch.cat([z[:, :1], self.code(patches).flatten(1, 2)], 1)))
        pixels = self.read_out(tokens[:, 1:]).mT.unflatten(2, self.grid)  # [B, T, F] -> [B, F, rows, columns]
        return F.pixel_shuffle(pixels, self.patch)


class MaskedAutoencoder(nn.Module):
    """An encoder of a few patches, and a decoder of the image.

    Args:
        image: Height and width of the images.
        patch: Side of a patch; must divide both.
        in_channels: Number C of channels.
        masked: Share r of the patches that are hidden.
        width, heads, hidden, blocks: Sizes of the encoder, as in the Vision Transformer; the width is divisible by 4.
        decoder_width, decoder_heads, decoder_hidden, decoder_blocks: Sizes of the decoder.

    Raises:
        ValueError: The patches do not tile the image, none is visible, or widths do not fit.

    Example:
        >>> model = MaskedAutoencoder(image=[4, 8], patch=2)
        >>> answer = model(torch.zeros(1, 3, 4, 8), torch.arange(8.0)[None])
        >>> answer.image.shape, answer.hidden
        (torch.Size([1, 3, 4, 8]), tensor([[0., 0., 1., 1., 1., 1., 1., 1.]]))
        >>> MaskedAutoencoder(masked=0.99)
        Traceback (most recent call last):
        ValueError: MaskedAutoencoder(masked=0.99) cannot be built: masked (0.99) must leave one of 16 patches
    """

    @checked_arguments(masked=(0, 1))
    def __init__(
        self,
        *,
        image: Sequence[int] = (8, 8),
        patch: int = 2,
        in_channels: int = 3,
        masked: float = 0.75,
        width: int = 8,
        heads: int = 2,
        hidden: int = 12,
        blocks: int = 2,
        decoder_width: int = 4,
        decoder_heads: int = 1,
        decoder_hidden: int = 6,
        decoder_blocks: int = 1,
    ) -> None:
        super().__init__()
        height, across = image
        if height % patch or across % patch:
            raise ValueError(f"image ({list(image)}) must be divisible by patch ({patch})")
        self.image, self.patch, self.in_channels = (height, across), patch, in_channels
        grid = (height // patch, across // patch)
        self.patches = grid[0] * grid[1]
        self.visible = int(self.patches * (1 - masked))
        if not self.visible:
            raise ValueError(f"masked ({masked}) must leave one of {self.patches} patches")
        self.encoder = Encoder(grid, patch, in_channels, width, heads, hidden, blocks, masked)
        self.decoder = Decoder(
            grid, patch, in_channels, decoder_width, decoder_heads, decoder_hidden, decoder_blocks, width
        )
        for layer in self.modules():
            if isinstance(layer, nn.Linear):  # as the paper's app. A.1 has it
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"], noise: Float[Tensor, "B T"] | None = None) -> Reconstruction:
        """Encode the visible patches of images, and predict all pixels.

        Args:
            x: Images.
            noise: A number for every patch, row after row; those with the smallest are visible. Drawn where they are
                not given.
        """
        if x.shape[2:] != self.image:
            raise ValueError(f"an image of {tuple(x.shape[2:])} pixels came, and {self.image} is expected")
        noise = torch.randn(len(x), self.patches, dtype=x.dtype, device=x.device) if noise is None else noise
        hidden = (ranks(noise) >= self.visible).to(x.dtype)
        return Reconstruction(self.decoder(self.encoder(x, noise), noise), hidden)

    def pixel_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the mean squared error of the pixels of hidden patches, for random patches."""
        return self._loss(x, self.split(x), generator)

    def normalised_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the same for pixels from which the mean of their patch is subtracted, in standard deviations of it."""
        pixels = self.split(x)
        deviation = (pixels.var(2, keepdim=True) + LEAST_VARIANCE).sqrt()
        return self._loss(x, (pixels - pixels.mean(2, keepdim=True)) / deviation, generator)

    def _loss(self, x: Tensor, target: Float[Tensor, "B T F"], generator: torch.Generator) -> Float[Tensor, " B"]:
        noise = torch.randn(len(x), self.patches, generator=generator, dtype=x.dtype)
        image, hidden = self(x, noise)
        error = (self.split(image) - target).square().mean(2)  # [B, T]
        return (error * hidden).sum(1) / hidden.sum(1)

    def split(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B T F"]:
        """Return the pixels of every patch, channel by channel."""
        return F.pixel_unshuffle(x, self.patch).flatten(2).mT

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images, and random noise."""
        x = torch.randn(B, self.in_channels, *self.image, generator=generator)
        return {"x": x, "noise": torch.randn(B, self.patches, generator=generator)}
