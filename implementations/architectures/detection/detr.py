"""DETR: a Transformer turns the features of an image into a set of boxes with classes.

Source: Carion et al. 2020, "End-to-end object detection with transformers" (carion2020end), sec. 3.2; Fig. 10 (where
position codes are added).

Equations:
    z = projection of the backbone's map, one vector for each of its P x Q positions, with codes e of the positions
    Attention of x with codes p to y with codes q: softmax((x + p) W_Q ((y + q) W_K)^T / sqrt(d)) y W_V, then W_O
    encoder: x = LN(x + Attention(x to x)), x = LN(x + FFN(x)), codes e for both
    decoder: starts with x = 0 and codes u, the object queries; attention to itself, then to the encoded image, then FFN
    class = W LN(x) + b,  box = sigmoid(MLP(LN(x)))        centre, width and height, as shares of the image

Shapes: B images, C input channels, H height, W width, P x Q positions of the backbone's map, N object queries, D width
of the model, K classes, the last of which is "no object".
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.resnet import EXPANSION, ResNet
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from kb.guards import checked_arguments, checked_inputs


class Detections(NamedTuple):
    """What object queries find: logits of the classes, and boxes by centre, width and height as shares of the image."""

    logits: Float[Tensor, "B N K"]
    boxes: Float[Tensor, "B N 4"]


class PositionedAttention(nn.Module):
    """Multi-head attention that adds codes of positions to queries and keys, but not to values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: Tensor, code: Tensor, memory: Tensor, memory_code: Tensor) -> Float[Tensor, "B T D"]:
        """Return the result of attention to a memory at every position."""
        q, k, v = (
            projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, T or S, D / heads]
            for projected in (self.query(x + code), self.key(memory + memory_code), self.value(memory))
        )
        mixed = F.scaled_dot_product_attention(q, k, v)
        return self.output(mixed.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    """Self-attention, attention to an encoded image where there is one, and a position-wise network."""

    def __init__(self, width: int, heads: int, hidden: int, crosses: bool) -> None:
        super().__init__()
        self.self_attention = PositionedAttention(width, heads)
        self.self_norm = nn.LayerNorm(width)
        self.cross_attention = PositionedAttention(width, heads) if crosses else None
        self.cross_norm = nn.LayerNorm(width) if crosses else None
        self.feed_forward = PositionWiseFeedForward(width=width, hidden=hidden)
        self.feed_forward_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, code: Tensor, image: Tensor | None = None, grid: Tensor | None = None) -> Tensor:
        """Return the layer's output, `[B, T, D]` as its input."""
        x = self.self_norm(x + self.self_attention(x, code, x, code))
        if self.cross_attention is not None and self.cross_norm is not None:
            x = self.cross_norm(x + self.cross_attention(x, code, image, grid))
        return self.feed_forward_norm(x + self.feed_forward(x))


class DETR(nn.Module):
    """A residual network, an encoder over the positions of its map, and a decoder over object queries.

    Args:
        block: Blocks of the backbone, `basic` or `bottleneck`.
        blocks: Blocks of each of its stages.
        backbone_width: Channels of its stem.
        in_channels: Number C of input channels.
        width: Width D of the model, divisible by 4.
        heads: Attention heads; must divide the width.
        layers: Layers of encoder and decoder, each.
        hidden: Width of the position-wise networks.
        queries: Number N of object queries.
        classes: Number K of classes, with "no object".

    Raises:
        ValueError: The width is not divisible by 4, or by the heads.

    Example:
        >>> logits, boxes = DETR()(torch.zeros(2, 3, 32, 24))
        >>> logits.shape, boxes.shape
        (torch.Size([2, 3, 4]), torch.Size([2, 3, 4]))
        >>> DETR(width=6, heads=3)
        Traceback (most recent call last):
        ValueError: DETR(width=6, heads=3) cannot be built: width (6) must be divisible by 4 and by heads (3)
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1),
        backbone_width: int = 4,
        in_channels: int = 3,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        hidden: int = 12,
        queries: int = 3,
        classes: int = 4,
    ) -> None:
        super().__init__()
        if width % 4 or width % heads:
            raise ValueError(f"width ({width}) must be divisible by 4 and by heads ({heads})")
        self.in_channels = in_channels
        network = ResNet(block=block, blocks=blocks, width=backbone_width, in_channels=in_channels)
        self.backbone = nn.Sequential(network.stem, network.stages)
        channels = EXPANSION[block] * backbone_width * 2 ** (len(blocks) - 1)
        self.projection = nn.Conv2d(channels, width, 1)
        self.encoder = nn.ModuleList(Layer(width, heads, hidden, crosses=False) for _ in range(layers))
        self.queries = nn.Embedding(queries, width)
        self.decoder = nn.ModuleList(Layer(width, heads, hidden, crosses=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.class_head = nn.Linear(width, classes)
        self.box_head = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 4), nn.Sigmoid()
        )

    def train(self, mode: bool = True) -> nn.Module:
        """Set the mode, in which normalisations of the backbone are frozen: they use what they have stored."""
        super().train(mode)
        self.backbone.eval()
        return self

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Detections:
        """Return a class and a box for each query."""
        features = self.projection(self.backbone(x))
        grid = grid_code(*features.shape[2:], width=features.shape[1]).to(features)  # [P Q, D]
        image = features.flatten(2).mT  # [B, D, P, Q] -> [B, P Q, D]
        for layer in self.encoder:
            image = layer(image, grid)
        code = self.queries.weight
        found = code.new_zeros(len(x), *code.shape)  # [B, N, D]
        for layer in self.decoder:
            found = layer(found, code, image, grid)
        found = self.norm(found)
        return Detections(self.class_head(found), self.box_head(found))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}


def grid_code(rows: int, columns: int, *, width: int) -> Float[Tensor, "T D"]:
    """Return codes of the positions of a grid, half for the row and half for the column; a side has the length 2 pi.

    So a code says which share of the image is above and to the left. Sines and cosines alternate.
    """
    half = width // 2
    frequencies = 10_000 ** (-2 * torch.arange(half // 2, dtype=torch.float64) / half)
    codes = []
    for size in (rows, columns):
        position = torch.arange(1, size + 1, dtype=torch.float64)[:, None] / (size + 1e-6) * 2 * math.pi
        angles = position * frequencies
        codes.append(torch.stack([angles.sin(), angles.cos()], 2).flatten(1))  # [size, D / 2]
    return torch.cat([codes[0][:, None].expand(-1, columns, -1), codes[1].expand(rows, -1, -1)], 2).flatten(0, 1)
