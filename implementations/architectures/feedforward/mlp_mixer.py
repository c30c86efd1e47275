"""MLP-Mixer: perceptrons across the patches of an image and perceptrons across their channels, in turn.

Source: Tolstikhin et al. 2021, "MLP-Mixer: an all-MLP architecture for vision" (tolstikhin2021mlp); patches are
embedded as by Dosovitskiy et al. 2021 (dosovitskiy2020image).

Equations:
    U[:, i] = X[:, i] + W2 sigma(W1 LayerNorm(X)[:, i])      for every channel i: token mixing
    Y[j, :] = U[j, :] + W4 sigma(W3 LayerNorm(U)[j, :])      for every patch j: channel mixing
    logits  = W mean over j of LayerNorm(Y)[j, :] + b        sigma: Gaussian error linear unit

Shapes: B examples, C input channels, H height, W width, T patches, D channels of a patch, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.convolution_layer.patch_embedding import PatchEmbedding
from implementations.concepts.convolution_layer.token_mixing import TokenMixing
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the variances, as in the authors' and timm's code."""


class MLPMixer(nn.Module):
    """Patch embedding, blocks of token and channel mixing, normalisation, mean over patches, linear classifier.

    Args:
        image: Height and width of the images; token mixing fixes them.
        patch: Side of a patch; must divide both.
        in_channels: Number C of channels of the image.
        width: Number D of channels of a patch.
        tokens_hidden: Hidden units of the perceptrons across patches.
        channels_hidden: Hidden units of the perceptrons across channels.
        blocks: Number of blocks.
        classes: Number K of classes.

    Raises:
        ValueError: The patches do not tile the image, or an image has another size.

    Example:
        >>> MLPMixer(image=[8, 12], patch=4, classes=5)(torch.zeros(2, 3, 8, 12)).shape
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
        tokens_hidden: int = 5,
        channels_hidden: int = 12,
        blocks: int = 2,
        classes: int = 5,
    ) -> None:
        super().__init__()
        height, across = image
        if height % patch or across % patch:
            raise ValueError(f"image ({list(image)}) must be divisible by patch ({patch})")
        self.image, self.in_channels = (height, across), in_channels
        tokens = (height // patch) * (across // patch)
        self.embedding = PatchEmbedding(channels=in_channels, width=width, patch=patch)
        self.blocks = nn.Sequential()
        for _ in range(blocks):
            mixing = TokenMixing(tokens=tokens, hidden=tokens_hidden)
            perceptron = [nn.Linear(width, channels_hidden), nn.GELU(), nn.Linear(channels_hidden, width)]
            for branch in ([mixing], perceptron):
                normalised = nn.Sequential(nn.LayerNorm(width, eps=EPSILON), *branch)
                self.blocks.append(ResidualConnection(branch=normalised))
        self.norm = nn.LayerNorm(width, eps=EPSILON)
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.classifier = nn.Linear(width, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.pool(self.trunk(x).mT).flatten(1))  # [B, T, D] -> [B, D, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B T D"]:
        """Return the features of every patch before they are averaged, row after row."""
        if x.shape[2:] != self.image:
            raise ValueError(f"an image of {tuple(x.shape[2:])} pixels came, and token mixing needs {self.image}")
        return self.norm(self.blocks(self.embedding(x)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that token mixing needs."""
        return {"x": torch.randn(B, self.in_channels, *self.image, generator=generator)}
