"""Segment anything model: masks of what points, boxes or a coarse mask point out in an image.

Source: Kirillov et al. 2023, "Segment anything" (kirillov2023segment), in the form of the authors' code.

Equations:
    z   = neck(blocks(E x + P)),   attention in windows in most blocks: softmax(q k / sqrt(d) + q R_row + q R_column) v
    c(p) = [sin 2 pi G (2 p - 1); cos 2 pi G (2 p - 1)]                  code of a position p from 0 to 1, G random
    t   = [quality token; mask tokens; c(p) + kind of p for every point]       z <- z + code of the coarse mask
    t, z <- t from t, t from z, perceptron(t), z from t                        in every decoder block
    mask_g = mlp_g(mask token g) . upscaled(z),   quality = mlp(quality token)

Shapes: B examples, C channels, H = W side of the image, P = Q patches along a side, T points, D width of the codes,
G masks, of R = S = 4 P pixels along a side.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.attention_mechanism.relative_grid_attention import RelativeGridAttention
from implementations.concepts.attention_mechanism.two_way_attention_block import NarrowAttention, TwoWayAttentionBlock
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6  # added to variances in the image encoder and next to convolutions, as in the authors' code


class Outputs(NamedTuple):
    """Logits of the pixels of every mask, and how well each is predicted to overlap the object."""

    masks: Float[Tensor, "B G R S"]
    quality: Float[Tensor, "B G"]


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation of the channels of a map, at every position."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=EPSILON)

    def forward(self, x: Float[Tensor, "B D P Q"]) -> Float[Tensor, "B D P Q"]:
        """Return the normalised map."""
        return super().forward(x.movedim(1, 3)).movedim(3, 1)


class EncoderBlock(nn.Module):
    """Attention in windows, or over the whole grid, and a perceptron; each has a normalised input and a connection."""

    def __init__(self, width: int, heads: int, hidden: int, side: int, window: int | None) -> None:
        super().__init__()
        self.window = window
        self.attention_norm = nn.LayerNorm(width, eps=EPSILON)
        self.attention = RelativeGridAttention(width=width, heads=heads, side=window or side)
        self.perceptron_norm = nn.LayerNorm(width, eps=EPSILON)
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, z: Float[Tensor, "B P Q D"]) -> Float[Tensor, "B P Q D"]:
        """Return the block's output."""
        normed = self.attention_norm(z)
        z = z + (self.attention(normed) if self.window is None else self.in_windows(normed, self.window))
        return z + self.perceptron(self.perceptron_norm(z))

    def in_windows(self, z: Tensor, window: int) -> Tensor:
        """Return what attention computes in every window separately; the grid is filled up with zeros."""
        size, side = z.shape[0], z.shape[1]
        count = math.ceil(side / window)
        missing = count * window - side
        padded = F.pad(z, (0, 0, 0, missing, 0, missing)).unflatten(2, (count, window)).unflatten(1, (count, window))
        windows = self.attention(padded.transpose(2, 3).flatten(0, 2))
        grid = windows.unflatten(0, (size, count, count)).transpose(2, 3).flatten(3, 4).flatten(1, 2)
        return grid[:, :side, :side]


class PlaceCode(nn.Module):
    """Sines and cosines of places, at random frequencies that are not trained."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.randn(2, width // 2))

    def forward(self, p: Float[Tensor, "... 2"]) -> Float[Tensor, "... D"]:
        """Return the codes of places from 0 to 1."""
        angles = 2 * math.pi * (2 * p - 1) @ self.frequencies
        return torch.cat([angles.sin(), angles.cos()], -1)


def perceptron(width: int, hidden: int, out: int) -> nn.Sequential:
    """Return three layers with rectifiers between them."""
    first, second, last = nn.Linear(width, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, out)
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last)


class SegmentAnything(nn.Module):
    """Image encoder, prompt encoder and mask decoder.

    Args:
        image: Side H = W of the images; tables of positions fix it.
        patch: Side of a patch; must divide it.
        in_channels: Number C of channels of the image.
        encoder_width: Width of the image encoder.
        encoder_heads: Its attention heads; must divide its width.
        encoder_hidden: Hidden units of its perceptrons.
        blocks: Number of its blocks.
        everywhere: Which of them attend to the whole image; the others attend in windows.
        window: Patches along a side of a window.
        width: Width D of the codes; must be a multiple of 8.
        heads: Attention heads of the decoder; must divide half the width.
        hidden: Hidden units of its perceptrons.
        decoder_blocks: Number of its blocks.
        mask_channels: Channels of the encoder of a coarse mask; must be a multiple of 4.
        quality_hidden: Hidden units of the prediction of quality.
        masks: Number G of masks: the first is meant for prompts that are clear, the others for one point.

    Raises:
        ValueError: The patches do not tile the image, or a width is no such multiple.
    """

    @checked_arguments(everywhere=0)
    def __init__(
        self,
        *,
        image: int = 16,
        patch: int = 4,
        in_channels: int = 2,
        encoder_width: int = 8,
        encoder_heads: int = 2,
        encoder_hidden: int = 12,
        blocks: int = 2,
        everywhere: Sequence[int] = (1,),
        window: int = 3,
        width: int = 16,
        heads: int = 2,
        hidden: int = 12,
        decoder_blocks: int = 2,
        mask_channels: int = 12,
        quality_hidden: int = 10,
        masks: int = 4,
    ) -> None:
        super().__init__()
        for name, value, by in (("image", image, patch), ("width", width, 8), ("mask_channels", mask_channels, 4)):
            if value % by:
                raise ValueError(f"{name} ({value}) must be divisible by {by}")
        side = image // patch
        self.image, self.side, self.in_channels = image, side, in_channels
        self.embedding = PatchEmbedding(channels=in_channels, width=encoder_width, patch=patch)
        self.code = LearnedPositionCode(width=encoder_width, length=side**2)
        self.blocks = nn.ModuleList(
            EncoderBlock(encoder_width, encoder_heads, encoder_hidden, side, None if number in everywhere else window)
            for number in range(blocks)
        )
        self.neck = nn.Sequential(
            nn.Conv2d(encoder_width, width, 1, bias=False),
            ChannelNorm(width),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            ChannelNorm(width),
        )
        self.place_code = PlaceCode(width)
        self.kinds, self.no_point = nn.Parameter(torch.randn(4, width)), nn.Parameter(torch.randn(width))
        self.mask_encoder = nn.Sequential(
            nn.Conv2d(1, mask_channels // 4, 2, stride=2),
            ChannelNorm(mask_channels // 4),
            nn.GELU(),
            nn.Conv2d(mask_channels // 4, mask_channels, 2, stride=2),
            ChannelNorm(mask_channels),
            nn.GELU(),
            nn.Conv2d(mask_channels, width, 1),
        )
        self.no_mask = nn.Parameter(torch.randn(width))
        self.tokens = nn.Parameter(torch.randn(1 + masks, width))  # of quality, and of every mask
        self.decoder = nn.ModuleList(
            TwoWayAttentionBlock(width=width, heads=heads, hidden=hidden, first=number == 0)
            for number in range(decoder_blocks)
        )
        self.to_image, self.norm = NarrowAttention(width, width // 2, heads), nn.LayerNorm(width)
        self.upscale = nn.Sequential(
            nn.ConvTranspose2d(width, width // 4, 2, stride=2),
            ChannelNorm(width // 4),
            nn.GELU(),
            nn.ConvTranspose2d(width // 4, width // 8, 2, stride=2),
            nn.GELU(),
        )
        self.mask_weights = nn.ModuleList(perceptron(width, width, width // 8) for _ in range(masks))
        self.quality = perceptron(width, quality_hidden, masks)

    @checked_inputs()
    def forward(
        self,
        x: Float[Tensor, "B C H W"],
        points: Float[Tensor, "B T 2"],
        labels: Int[Tensor, "B T"],
        mask: Float[Tensor, "B R S"],
        given: Int[Tensor, " B"],
    ) -> Outputs:
        """Return all masks and their quality.

        Args:
            x: Images.
            points: Columns and rows of pixels.
            labels: 0 beside the object, 1 on it, 2 and 3 corners of a box, -1 no point.
            mask: Coarse masks, as logits; they count where `given` is 1.
            given: 1 or 0 for every example.
        """
        shown = given[:, None, None, None] > 0
        dense = torch.where(shown, self.mask_encoder(mask[:, None]), self.no_mask[:, None, None])
        return self.decode(self.encode(x) + dense, self.points(points, labels))

    def encode(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the features of all patches."""
        z = self.code(self.embedding(x)).unflatten(1, (self.side, self.side))
        for block in self.blocks:
            z = block(z)
        return self.neck(z.movedim(3, 1))

    def points(self, points: Float[Tensor, "B T 2"], labels: Int[Tensor, "B T"]) -> Float[Tensor, "B T D"]:
        """Return a token for every point."""
        known = self.place_code((points + 0.5) / self.image) + self.kinds[labels.clamp(min=0)]
        return torch.where(labels[..., None] < 0, self.no_point, known)

    def decode(self, z: Float[Tensor, "B D P Q"], prompts: Float[Tensor, "B T D"]) -> Outputs:
        """Return the masks and their quality, from the features of an image and the tokens of prompts."""
        centres = (torch.arange(self.side, dtype=z.dtype, device=z.device) + 0.5) / self.side
        places = torch.stack(torch.meshgrid(centres, centres, indexing="xy"), -1).flatten(0, 1)
        z_code = self.place_code(places).expand(len(z), -1, -1)  # [B, P Q, D]
        t_code = torch.cat([self.tokens.expand(len(z), -1, -1), prompts], 1)
        t, flat = t_code, z.flatten(2).mT
        for block in self.decoder:
            t, flat = block(t, flat, t_code, z_code)
        t = self.norm(t + self.to_image(t + t_code, flat + z_code, flat))
        fine = self.upscale(flat.mT.unflatten(2, (self.side, self.side)))  # [B, D / 8, R, S]
        weights = torch.stack([mlp(t[:, 1 + number]) for number, mlp in enumerate(self.mask_weights)], 1)
        return Outputs(torch.einsum("bgd,bdrs->bgrs", weights, fine), self.quality(t[:, 0]))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return images with points; an even number of these ends with a box. Every second example has a mask."""
        labels = torch.randint(0, 2, (B, T), generator=generator)
        labels[:, T - 2 + T % 2 :] = torch.tensor([-1] if T % 2 else [2, 3])
        return {
            "x": torch.randn(B, self.in_channels, self.image, self.image, generator=generator),
            "points": self.image * torch.rand(B, T, 2, generator=generator),
            "labels": labels,
            "mask": torch.randn(B, 4 * self.side, 4 * self.side, generator=generator),
            "given": torch.arange(B) % 2,
        }
