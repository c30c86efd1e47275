"""CLIP: an image tower and a text tower, which map an image and its caption to nearby points of one space.

Source: Radford et al. 2021, "Learning transferable visual models from natural language supervision"
(radford2021learning), with a Vision Transformer as the image tower; also the authors' code.

Equations:
    both towers     h'_l = Attention(LN(h_{l-1})) + h_{l-1},   h_l = W_2 f(W_1 LN(h'_l)) + h'_l
                    f(x) = x sigma(1.702 x)
    image x         h_0 = LN([c; E x_1; ...; E x_N] + P),   u = W_I LN(h_L at the class token c)
    text y          h_0 = W_E y + Q, causal attention,      v = W_T LN(h_L at the end of the text)
    logits          s_ij = exp(t) u_i . v_j / (|u_i| |v_j|)
    loss of pairs   1/2 (-log softmax over j of s_ij, at j = i) + 1/2 (-log softmax over i of s_ij, at i = j)

Shapes: B images, C channels, H height, W width, K texts, T words, V words of the vocabulary, D features of the space.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.quick_gaussian_error_linear_unit import QuickGaussianErrorLinearUnit
from implementations.concepts.attention_mechanism.class_token import ClassToken
from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from implementations.concepts.loss.info_nce_loss import InfoNCELoss
from kb.guards import checked_arguments, checked_inputs

TEMPERATURE = 0.07
"""Its first value, as in the authors' code; logits are divided by it."""


class Block(nn.Module):
    """Self-attention and a perceptron, each with a normalised input and a residual connection."""

    def __init__(self, width: int, heads: int, hidden: int, causal: bool) -> None:
        super().__init__()
        self.causal = causal
        self.attention_norm = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.perceptron_norm = nn.LayerNorm(width)
        unit = QuickGaussianErrorLinearUnit()
        self.perceptron = nn.Sequential(nn.Linear(width, hidden), unit, nn.Linear(hidden, width))

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the block's output."""
        normed = self.attention_norm(h)
        h = h + self.attention(normed, normed, causal=self.causal)
        return h + self.perceptron(self.perceptron_norm(h))


class ImageTower(nn.Module):
    """A Vision Transformer with one more normalisation, ahead of the blocks; its output is read at the class token."""

    def __init__(
        self, image: Sequence[int], patch: int, channels: int, width: int, heads: int, layers: int, space: int
    ) -> None:
        super().__init__()
        height, across = image
        if height % patch or across % patch:
            raise ValueError(f"image ({list(image)}) must be divisible by patch ({patch})")
        self.image, self.channels = (height, across), channels
        self.embedding = PatchEmbedding(channels=channels, width=width, patch=patch)
        self.embedding.linear.bias = None  # the position codes can do the same
        self.class_token = ClassToken(width=width)
        self.code = LearnedPositionCode(width=width, length=1 + (height // patch) * (across // patch))
        self.first_norm = nn.LayerNorm(width)
        self.blocks = nn.Sequential(*(Block(width, heads, 4 * width, causal=False) for _ in range(layers)))
        self.last_norm = nn.LayerNorm(width)
        self.projection = nn.Linear(width, space, bias=False)

    def forward(self, image: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D"]:
        """Return the points of images, of any length."""
        if image.shape[2:] != self.image:
            size = tuple(image.shape[2:])
            raise ValueError(f"an image of {size} pixels came, and the position codes need {self.image}")
        h = self.blocks(self.first_norm(self.code(self.class_token(self.embedding(image)))))
        return self.projection(self.last_norm(h[:, 0]))


class TextTower(nn.Module):
    """A causal Transformer, whose output is read at the end of the text: where the vocabulary's last word is."""

    def __init__(self, vocabulary: int, context: int, width: int, heads: int, layers: int, space: int) -> None:
        super().__init__()
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        self.code = LearnedPositionCode(width=width, length=context)
        self.blocks = nn.Sequential(*(Block(width, heads, 4 * width, causal=True) for _ in range(layers)))
        self.last_norm = nn.LayerNorm(width)
        self.projection = nn.Linear(width, space, bias=False)

    def forward(self, text: Float[Tensor, "K T V"]) -> Float[Tensor, "K D"]:
        """Return the points of texts, of any length; what comes after the end has no effect."""
        h = self.blocks(self.code(self.embedding(text)))
        end = text[..., -1].argmax(1)
        return self.projection(self.last_norm(h[torch.arange(len(h), device=h.device), end]))


class CLIP(nn.Module):
    """Both towers, and the similarities of their points, divided by a learned temperature.

    Args:
        image: Height and width of the images; a table of position codes fixes them.
        patch: Side of a patch; must divide both.
        in_channels: Number C of channels of the images.
        vocabulary: Number V of words, of which the last ends a text.
        context: Number of position codes, the longest text.
        image_width: Width of the image tower.
        text_width: Width of the text tower.
        image_heads: Attention heads of the image tower; must divide its width.
        text_heads: Attention heads of the text tower; must divide its width.
        image_layers: Number of blocks of the image tower.
        text_layers: Number of blocks of the text tower.
        space: Number D of features of the common space.

    Raises:
        ValueError: The patches do not tile the image, the heads do not divide a width, an image has another size, or a
            text is longer than the context.

    Example:
        >>> CLIP(vocabulary=5)(torch.rand(2, 3, 8, 12), torch.rand(3, 6, 5)).shape
        torch.Size([2, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        image: Sequence[int] = (8, 12),
        patch: int = 4,
        in_channels: int = 3,
        vocabulary: int = 5,
        context: int = 6,
        image_width: int = 8,
        text_width: int = 6,
        image_heads: int = 2,
        text_heads: int = 2,
        image_layers: int = 2,
        text_layers: int = 2,
        space: int = 4,
    ) -> None:
        super().__init__()
        self.image_tower = ImageTower(image, patch, in_channels, image_width, image_heads, image_layers, space)
        self.text_tower = TextTower(vocabulary, context, text_width, text_heads, text_layers, space)
        self.scale = nn.Parameter(torch.tensor(math.log(1 / TEMPERATURE)))
        self.contrast = InfoNCELoss()

    @checked_inputs()
    def forward(self, image: Float[Tensor, "B C H W"], text: Float[Tensor, "K T V"]) -> Float[Tensor, "B K"]:
        """Return the logits of every text for every image; without training on them, texts can be classes.

        Args:
            image: Images.
            text: Words of texts, one-hot or mixtures of these.
        """
        u, v = F.normalize(self.image_tower(image), dim=1), F.normalize(self.text_tower(text), dim=1)
        return self.scale.exp() * u @ v.T

    def contrastive_loss(
        self,
        *,
        generator: torch.Generator,
        target: Int[Tensor, " B"],
        image: Float[Tensor, "B C H W"],
        text: Float[Tensor, "K T V"],
    ) -> Float[Tensor, " B"]:
        """Return the loss of every pair of an image and its text, which is a target, among the pairs of the batch."""
        logits, own = self(image, text)[:, target], torch.arange(len(target), device=target.device)
        return (self.contrast(logits, own) + self.contrast(logits.T, own)) / 2

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, K: int = 3) -> dict[str, Tensor]:
        """Return random images, and mixtures of words, as many as there are position codes."""
        tower = self.text_tower
        words = torch.randn(K, len(tower.code.weight), tower.embedding.in_features, generator=generator)
        images = torch.randn(B, self.image_tower.channels, *self.image_tower.image, generator=generator)
        return {"image": images, "text": words}
