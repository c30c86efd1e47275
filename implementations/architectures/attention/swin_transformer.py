"""Swin Transformer: attention within windows that are shifted from block to block, over a grid that is halved by stage.

Source: Liu et al. 2021, "Swin Transformer: hierarchical vision Transformer using shifted windows", sec. 3 and eq. 3 and
4 (liu2021swin).

Equations:
    z^l     = W-MSA(LN(z^{l-1})) + z^{l-1},   followed by   z^l <- MLP(LN(z^l)) + z^l                 eq. 3
    z^{l+1} = SW-MSA(LN(z^l)) + z^l,          the same with windows that are shifted by half a window
    between stages: patch merging, half the rows and columns and twice the width
    y = W mean over positions of LN(z^L)

Shapes: B examples, C input channels, H height, W width, D width of the last stage, P and Q rows and columns of its
grid, h and w those of the grid of a block, E width of a block, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.shifted_window_attention import ShiftedWindowAttention
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from implementations.concepts.convolution_layer.patch_merging import PatchMerging
from implementations.concepts.pooling.global_average_pooling import GlobalAveragePooling
from kb.guards import checked_arguments, checked_inputs


class Block(nn.Module):
    """Attention within windows and a perceptron, each with a normalised input and a residual connection."""

    def __init__(self, width: int, heads: int, window: int, shifted: bool, expansion: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = ShiftedWindowAttention(width=width, heads=heads, window=window, shifted=shifted)
        self.perceptron_norm = nn.LayerNorm(width)
        hidden = expansion * width
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, z: Float[Tensor, "B h w E"]) -> Float[Tensor, "B h w E"]:
        """Return the block's output."""
        z = z + self.attention(self.attention_norm(z))
        return z + self.perceptron(self.perceptron_norm(z))


class SwinTransformer(nn.Module):
    """Patch embedding, stages of blocks with patch merging between them, normalisation, mean, linear classifier.

    Args:
        in_channels: Number C of channels of the image.
        patch: Side of a patch.
        width: Width of the first stage; every other has twice that of the one before.
        heads: Attention heads of every stage; must divide its width.
        blocks: Number of blocks of every stage; every second one has shifted windows.
        window: Rows of a window, and columns.
        expansion: Hidden units of the perceptrons, in multiples of the width.
        classes: Number K of classes.

    Raises:
        ValueError: The lists differ in length, or heads do not divide a width.

    Example:
        >>> SwinTransformer(classes=5)(torch.zeros(2, 3, 9, 12)).shape
        torch.Size([2, 5])
        >>> SwinTransformer(heads=[1])
        Traceback (most recent call last):
        ValueError: SwinTransformer(heads=[1]) cannot be built: heads ([1]) and blocks ([2, 2]) must name as many stages
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 3,
        patch: int = 2,
        width: int = 4,
        heads: Sequence[int] = (1, 2),
        blocks: Sequence[int] = (2, 2),
        window: int = 2,
        expansion: int = 2,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if len(heads) != len(blocks):
            raise ValueError(f"heads ({list(heads)}) and blocks ({list(blocks)}) must name as many stages")
        self.embedding = PatchEmbedding(channels=in_channels, width=width, patch=patch)
        self.embedding_norm = nn.LayerNorm(width)
        self.stages = nn.ModuleList()
        for stage, (heads_here, count) in enumerate(zip(heads, blocks, strict=True)):
            merging = [PatchMerging(width=width)] if stage else []
            width *= 2 if stage else 1
            inside = [Block(width, heads_here, window, index % 2 == 1, expansion) for index in range(count)]
            self.stages.append(nn.Sequential(*merging, *inside))
        self.norm = nn.LayerNorm(width)
        self.pool = GlobalAveragePooling()
        self.classifier = nn.Linear(width, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes, from the mean over the last grid."""
        return self.classifier(self.pool(self.trunk(x)))

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the features of the last grid; zeros below and to the right complete the last patches."""
        patch = self.embedding.patch
        x = F.pad(x, (0, -x.shape[3] % patch, 0, -x.shape[2] % patch))
        z = self.embedding_norm(self.embedding(x)).unflatten(1, (-1, x.shape[3] // patch))  # [B, T, D] -> [B, h, w, D]
        for stage in self.stages:
            z = stage(z)
        return self.norm(z).movedim(3, 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 8, W: int = 12) -> dict[str, Tensor]:
        """Return random images."""
        return {"x": torch.randn(B, self.embedding.channels, H, W, generator=generator)}
