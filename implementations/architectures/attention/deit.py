"""DeiT: a Vision Transformer with a second token, whose classifier learns what a trained teacher decides.

Source: Touvron et al. 2021, "Training data-efficient image transformers & distillation through attention", sec. 4 and
eq. 3 (touvron2021training); also the authors' code.

Equations:
    z_0   = [c; d; E x_1; ...; E x_N] + P                  c: class token, d: distillation token; then as in ViT
    z'_l  = MSA(LN(z_{l-1})) + z_{l-1},   z_l = MLP(LN(z'_l)) + z'_l
    a     = W_c LN(z_L at c),   b = W_d LN(z_L at d)       logits of two classifiers
    y     = (a + b) / 2
    loss  = 1/2 CE(softmax(a), label) + 1/2 CE(softmax(b), decision of the teacher)

Shapes: B examples, C input channels, H height, W width, P and Q rows and columns of patches, T patches and both tokens,
D width of the model, K classes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.class_token import ClassToken
from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from implementations.concepts.loss.hard_distillation_loss import HardDistillationLoss
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the variances, as in the authors' code."""
DEVIATION = 0.02
"""Of the truncated normal distribution that first weights are drawn from, as in the authors' code."""


class Logits(NamedTuple):
    """Of the classifiers at the class token and at the distillation token."""

    label: Float[Tensor, "B K"]
    decision: Float[Tensor, "B K"]


def initialised(layer: nn.Module) -> None:
    """Draw weights, tokens and codes from a truncated normal distribution; biases are zero."""
    if isinstance(layer, nn.Linear):
        nn.init.trunc_normal_(layer.weight, std=DEVIATION)
        nn.init.zeros_(layer.bias)
    elif isinstance(layer, ClassToken):
        nn.init.trunc_normal_(layer.token, std=DEVIATION)
    elif isinstance(layer, LearnedPositionCode):
        nn.init.trunc_normal_(layer.weight, std=DEVIATION)


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


class DeiT(nn.Module):
    """A Vision Transformer with two tokens and two classifiers, whose logits are averaged.

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
        >>> net = DeiT(image=[8, 12], patch=4, classes=5)
        >>> net(torch.zeros(2, 3, 8, 12)).shape, len(net.code.weight)
        (torch.Size([2, 5]), 8)
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
        self.distillation_token, self.class_token = ClassToken(width=width), ClassToken(width=width)
        self.code = LearnedPositionCode(width=width, length=2 + self.grid[0] * self.grid[1])
        self.blocks = nn.Sequential(*(Block(width, heads, hidden) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width, eps=EPSILON)
        self.classifier, self.distillation_classifier = nn.Linear(width, classes), nn.Linear(width, classes)
        self.distil = HardDistillationLoss()
        self.apply(initialised)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the mean of the logits of both classifiers."""
        logits = self.logits(x)
        return (logits.label + logits.decision) / 2

    def tokens(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B T D"]:
        """Return the features of the class token, of the distillation token, and of the patches row after row."""
        if x.shape[2:] != self.image:
            raise ValueError(f"an image of {tuple(x.shape[2:])} pixels came, and the position codes need {self.image}")
        z = self.class_token(self.distillation_token(self.embedding(x)))
        return self.norm(self.blocks(self.code(z)))

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the features of the patches on their grid, without the tokens, which alone are read out."""
        return self.tokens(x)[:, 2:].mT.unflatten(2, self.grid)  # [B, T, D] -> [B, D, P Q] -> [B, D, P, Q]

    def logits(self, x: Float[Tensor, "B C H W"]) -> Logits:
        """Return the logits of both classifiers."""
        tokens = self.tokens(x)
        return Logits(self.classifier(tokens[:, 0]), self.distillation_classifier(tokens[:, 1]))

    def hard_distillation(
        self, *, generator: torch.Generator, target: Int[Tensor, "B 2"], x: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, " B"]:
        """Return the loss of every image; its target is its label, and the class that the teacher decides for."""
        return self.distil(*self.logits(x), *target.unbind(1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the position codes need."""
        return {"x": torch.randn(B, self.in_channels, *self.image, generator=generator)}
