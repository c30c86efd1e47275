"""Vision Transformer: a Transformer encoder over the patches of an image, read out at a class token.

Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words", eq. 1 to 4 (dosovitskiy2020image).

Equations:
    z_0   = [c; E x_1; ...; E x_N] + P                    eq. 1: class token, embedded patches, learned codes
    z'_l  = MSA(LN(z_{l-1})) + z_{l-1}                    eq. 2: multi-head self-attention
    z_l   = MLP(LN(z'_l)) + z'_l                          eq. 3: two linear maps with a Gaussian error linear unit
    y     = LN(z_L at the class token)                    eq. 4, followed by a linear classifier

Shapes: B examples, C input channels, H height, W width, P and Q rows and columns of patches, T patches and the class
token, D width of the model, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.class_token import ClassToken
from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the variances, as in the authors' and timm's code."""


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


class VisionTransformer(nn.Module):
    """Patch embedding, class token, learned position codes, blocks, normalisation, linear classifier.

    Args:
        image: Height and width of the images; the table of position codes fixes them.
        patch: Side of a patch; must divide both.
        in_channels: Number C of channels of the image.
        width: Width D of the model.
        heads: Attention heads; must divide the width.
        hidden: Hidden units of the perceptrons.
        blocks: Number of blocks.
        classes: Number K of classes.

    Raises:
        ValueError: The patches do not tile the image, the heads do not divide the width, or an image has another size.

    Example:
        >>> VisionTransformer(image=[8, 12], patch=4, classes=5)(torch.zeros(2, 3, 8, 12)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        image: Sequence[int] = (8, 12),
        patch: int = 4,
        in_channels: int = 3,
        width: int = 8,
        heads: int = 2,
        hidden: int = 12,
        blocks: int = 2,
        classes: int = 5,
    ) -> None:
        super().__init__()
        height, across = image
        if height % patch or across % patch:
            raise ValueError(f"image ({list(image)}) must be divisible by patch ({patch})")
        self.image, self.in_channels = (height, across), in_channels
        self.grid = (height // patch, across // patch)
        self.embedding = PatchEmbedding(channels=in_channels, width=width, patch=patch)
        self.class_token = ClassToken(width=width)
        self.code = LearnedPositionCode(width=width, length=1 + self.grid[0] * self.grid[1])
        self.blocks = nn.Sequential(*(Block(width, heads, hidden) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width, eps=EPSILON)
        self.classifier = nn.Linear(width, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes, computed from the class token."""
        return self.classifier(self.tokens(x)[:, 0])

    def tokens(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B T D"]:
        """Return the features of the class token, and of the patches row after row."""
        if x.shape[2:] != self.image:
            raise ValueError(f"an image of {tuple(x.shape[2:])} pixels came, and the position codes need {self.image}")
        return self.norm(self.blocks(self.code(self.class_token(self.embedding(x)))))

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the features of the patches on their grid, without the class token, which alone is read out."""
        return self.tokens(x)[:, 1:].mT.unflatten(2, self.grid)  # [B, T, D] -> [B, D, P Q] -> [B, D, P, Q]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the position codes need."""
        return {"x": torch.randn(B, self.in_channels, *self.image, generator=generator)}
