"""NT-Xent loss: recognise the other view of an image, by its cosine, among all other views of a batch.

Source: Chen et al. 2020, "A simple framework for contrastive learning of visual representations" (chen2020simple).

Equations:
    loss_i = -log(exp(sim(z_i, z_j) / tau) / sum over k, k != i, of exp(sim(z_i, z_k) / tau))
    sim(u, v) = u . v / (|u| |v|),   j: the other view of the image of i

Shapes: B views (two of each image, one after the other), D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.loss.info_nce_loss import InfoNCELoss
from kb.guards import checked_arguments


class NTXentLoss(nn.Module):
    """A cross-entropy over all views but the own one.

    Args:
        temperature: What cosines are divided by.

    Raises:
        ValueError: The views are not in pairs.

    Example:
        >>> NTXentLoss()(torch.ones(6, 2)).exp().round()
        tensor([5., 5., 5., 5., 5., 5.])
        >>> NTXentLoss()(torch.ones(3, 2))
        Traceback (most recent call last):
        ValueError: 3 views came, and there are two of each image
    """

    @checked_arguments(temperature=0.001)
    def __init__(self, *, temperature: float = 0.5) -> None:
        super().__init__()
        self.temperature = temperature
        self.contrast = InfoNCELoss()

    def forward(self, z: Float[Tensor, "B D"]) -> Float[Tensor, " B"]:
        """Return the loss of every view."""
        if len(z) % 2:
            raise ValueError(f"{len(z)} views came, and there are two of each image")
        unit = F.normalize(z, dim=1)
        scores = (unit @ unit.T / self.temperature).fill_diagonal_(-torch.inf)  # [B, B]
        other = torch.arange(len(z), device=z.device).view(-1, 2).flip(1).flatten()  # 1, 0, 3, 2, ...
        return self.contrast(scores, other)

    def example_inputs(self, generator: torch.Generator, *, B: int = 6) -> dict[str, Tensor]:
        """Return random views, an even number."""
        return {"z": torch.randn(B + B % 2, 3, generator=generator)}
