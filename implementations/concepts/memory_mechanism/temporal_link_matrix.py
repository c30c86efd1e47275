"""Temporal link matrix: keeps account of which row of a memory was written after which, to read them in that order.

Source: Graves et al. 2016, Methods, "Temporal memory linkage" (graves2016hybrid).

Equations:
    L'[i, j] = (1 - w[i] - w[j]) L[i, j] + w[i] p[j],   L'[i, i] = 0       w: where is written now
    p'       = (1 - sum over i of w[i]) p + w                              p: where was written last
    f        = L w_r,   b = L^T w_r                                        w_r: where was read

Shapes: B examples, M rows, R heads that read.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Links(NamedTuple):
    """To which degree a row was written after another, and to which it was written last."""

    link: Float[Tensor, "B M M"]
    precedence: Float[Tensor, "B M"]


class TemporalLinkMatrix(nn.Module):
    """A write removes old links to and from its rows, and adds links from the rows written last. It has no parameters.

    Example:
        >>> links, rows = Links(torch.zeros(1, 3, 3), torch.zeros(1, 3)), torch.eye(3)
        >>> for row in (2, 0):  # the third row, then the first
        ...     links = TemporalLinkMatrix()(*links, rows[None, row])
        >>> TemporalLinkMatrix().follow(links.link, rows[None, None, 2])[0]
        tensor([[[1., 0., 0.]]])
    """

    def forward(
        self, link: Float[Tensor, "B M M"], precedence: Float[Tensor, "B M"], writing: Float[Tensor, "B M"]
    ) -> Links:
        """Return links and precedence after a write."""
        target, source = writing[:, :, None], writing[:, None]
        link = (1 - target - source) * link + target * precedence[:, None]
        itself = torch.eye(link.shape[1], dtype=torch.bool, device=link.device)
        return Links(link.masked_fill(itself, 0.0), (1 - writing.sum(1, keepdim=True)) * precedence + writing)

    def follow(
        self, link: Float[Tensor, "B M M"], reading: Float[Tensor, "B R M"]
    ) -> tuple[Float[Tensor, "B R M"], Float[Tensor, "B R M"]]:
        """Return the weights of the rows written after those that were read, and before them."""
        return torch.bmm(reading, link.mT), torch.bmm(reading, link)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, M: int = 6) -> dict[str, Tensor]:
        """Return links and precedence after two random writes, and weights of a third."""
        first, second, third = (torch.randn(B, M, generator=generator).softmax(1) / 2 for _ in range(3))
        links = self(*self(torch.zeros(B, M, M), torch.zeros(B, M), first), second)
        return {"link": links.link, "precedence": links.precedence, "writing": third}
