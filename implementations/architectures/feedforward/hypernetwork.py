"""Hypernetwork: the kernels of all layers are computed by one small network, from a learned vector for each layer.

Source: Ha, Dai & Le 2017, "HyperNetworks", the static hypernetwork for convolutional networks (ha2016hypernetworks).

Equations:
    K_l = g(z_l),   g: the hypernetwork, two linear maps;   z_l: the embedding of layer l
    h_0 = ReLU(K_0 * x + b_0),   h_l = ReLU(K_l * h_{l-1} + b_l)      K_0: an ordinary kernel
    y = W mean over positions of h_L + b

Shapes: B examples, C input channels, H height, W width, D channels, K classes.

Differs:
    1. The main network is a plain stack; those of the paper have strides, pooling or residual connections.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.kernel_generator import KernelGenerator
from kb.guards import checked_arguments, checked_inputs


class Hypernetwork(nn.Module):
    """An ordinary convolution, convolutions with generated kernels, and a classifier of their mean.

    Args:
        in_channels: Number C of channels of an image.
        channels: Number D of channels of every layer.
        kernel_size: Odd height and width of the kernels.
        layers: Convolutions with generated kernels.
        embedding: Numbers in the vector of a layer.
        hidden: Hidden features of the hypernetwork.
        classes: Number K of classes.

    Raises:
        ValueError: The kernels have an even size.

    Example:
        >>> Hypernetwork(kernel_size=2)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: Hypernetwork(kernel_size=2) cannot be built: kernel_size (2) must be odd to keep ...
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 2,
        channels: int = 4,
        kernel_size: int = 3,
        layers: int = 2,
        embedding: int = 2,
        hidden: int = 3,
        classes: int = 3,
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size ({kernel_size}) must be odd to keep the size of the images")
        self.in_channels = in_channels
        self.stem = nn.Conv2d(in_channels, channels, kernel_size, padding="same")
        self.embeddings = nn.Parameter(torch.randn(layers, embedding))
        self.hypernetwork = KernelGenerator(
            embedding=embedding,
            hidden=hidden,
            in_channels=channels,
            out_channels=channels,
            kernel_size=kernel_size,
        )
        self.biases = nn.Parameter(torch.zeros(layers, channels))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.read_out = nn.Linear(channels, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of all classes."""
        return self.read_out(self.pool(self.trunk(x)).flatten(1))

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the features before they are averaged."""
        h = F.relu(self.stem(x))
        kernels = self.hypernetwork(self.embeddings)
        for kernel, bias in zip(kernels, self.biases, strict=True):
            h = F.relu(F.conv2d(h, kernel, bias, padding="same"))
        return h

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
