"""Content-based addressing: a distribution over the rows of a memory, by similarity to a key.

Source: Graves, Wayne & Danihelka 2014, eq. 5 and 6 (graves2014neural).

Equations:
    w(i) = exp(beta K[k, M(i)]) / sum over j of exp(beta K[k, M(j)])
    K[u, v] = u . v / (|u| |v|)

Shapes: B examples, M rows, D features of a row.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


class ContentBasedAddressing(nn.Module):
    """Softmax of cosines, which is sharper for a larger strength.

    Example:
        >>> memory = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
        >>> ContentBasedAddressing()(torch.tensor([[2.0, 0.0]]), torch.tensor([100.0]), memory).round()
        tensor([[1., 0.]])
    """

    def forward(
        self, key: Float[Tensor, "B D"], strength: Float[Tensor, " B"], memory: Float[Tensor, "B M D"]
    ) -> Float[Tensor, "B M"]:
        """Return the weight of every row."""
        cosines = torch.bmm(F.normalize(memory, dim=2), F.normalize(key, dim=1)[:, :, None])[:, :, 0]  # [B, M]
        return (strength[:, None] * cosines).softmax(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, M: int = 6) -> dict[str, Tensor]:
        """Return random keys and memories, and positive strengths."""
        key, memory = (torch.randn(shape, generator=generator) for shape in ((B, 4), (B, M, 4)))
        return {"key": key, "strength": 5 * torch.rand(B, generator=generator), "memory": memory}
