"""MoCo: a residual network, trained to recognise the key of another view of an image among those of earlier batches.

Source: He et al. 2020, "Momentum contrast for unsupervised visual representation learning", sec. 3 and Algorithm 1
(he2020momentum); the authors' code, moco/builder.py.

Equations:
    q = f(x_q; theta_q) / |f(x_q; theta_q)|,   k+ = f(x_k; theta_k) / |f(x_k; theta_k)|     f: a residual network
    loss = -log(exp(q . k+ / tau) / sum over k+ and all keys k_i of the queue of exp(q . k_i / tau))
    theta_k <- m theta_k + (1 - m) theta_q,   k+ replaces the oldest key of the queue

Shapes: B views (two of each image, one after the other: the query's and the key's), P = B / 2 images, C channels,
H height, W width, D features, K keys of the queue.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.resnet import ResNet, convolution
from implementations.concepts.loss.info_nce_loss import InfoNCELoss
from implementations.concepts.memory_mechanism.key_queue import KeyQueue
from implementations.concepts.value_learning.target_network import TargetNetwork
from kb.guards import checked_arguments, checked_inputs


class MoCo(nn.Module):
    """An encoder of queries, which is what training is for, a slow copy of it for keys, and a queue of keys.

    Args:
        block: Of the residual network: `basic` or `bottleneck`.
        blocks: Blocks of each of its stages.
        width: Channels of its first stage.
        in_channels: Number C of input channels.
        features: Number D of features of queries and keys.
        keys: Number K of keys in the queue.
        momentum: Share m of its weights that the encoder of keys keeps in an update.
        temperature: What inner products are divided by in the loss.
        small: Whether the stem is for small images: one convolution of 3x3 without stride, and no pooling.

    Raises:
        ValueError: The views of a batch are not in pairs.

    Example:
        >>> MoCo()(torch.zeros(2, 3, 32, 32)).shape
        torch.Size([2, 4])
        >>> MoCo().contrastive_loss(generator=torch.Generator(), x=torch.zeros(3, 3, 32, 32))
        Traceback (most recent call last):
        ValueError: 3 views came, and there are two of each image
    """

    @checked_arguments(momentum=(0, 1), temperature=0.001)
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1),
        width: int = 4,
        in_channels: int = 3,
        features: int = 4,
        keys: int = 6,
        momentum: float = 0.9,
        temperature: float = 0.07,
        small: bool = False,
    ) -> None:
        super().__init__()
        self.momentum, self.temperature = momentum, temperature
        self.encoder = ResNet(block=block, blocks=blocks, width=width, in_channels=in_channels, classes=features)
        if small:
            self.encoder.stem = nn.Sequential(*convolution(in_channels, width, 3), nn.ReLU())
        self.momentum_encoder = TargetNetwork(network=self.encoder)
        self.queue, self.contrast = KeyQueue(size=keys, features=features), InfoNCELoss()

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D"]:
        """Return the outputs of the encoder; queries are their directions."""
        return self.encoder(x)

    def contrastive_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " P"]:
        """Return the loss of every query; views of one image follow each other, and `generator` draws nothing."""
        if len(x) % 2:
            raise ValueError(f"{len(x)} views came, and there are two of each image")
        if self.training:
            self.momentum_encoder.follow(self.encoder, 1 - self.momentum)
        q, k = F.normalize(self(x[0::2]), dim=1), F.normalize(self.momentum_encoder(x[1::2]), dim=1)
        scores = torch.cat([(q * k).sum(1, keepdim=True), self.queue(q)], 1) / self.temperature  # [P, 1 + K]
        if self.training:
            self.queue.push(k)
        return self.contrast(scores, torch.zeros(len(q), dtype=torch.long, device=q.device))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return self.encoder.example_inputs(generator, B=B, H=H, W=W)
