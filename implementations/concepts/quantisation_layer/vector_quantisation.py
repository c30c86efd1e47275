"""Vector quantisation: every vector is replaced by the nearest one of a learned list, the codebook.

Source: van den Oord, Vinyals & Kavukcuoglu 2017, sec. 3 (oord2017neural).

Equations:
    k = argmin over j of |z - e_j|,   y = e_k
    dL/dz := dL/dy in training, and no gradient reaches the codebook (straight-through); in eval mode the true ones
    codebook error = |sg(z) - e_k|^2,   commitment error = |z - sg(e_k)|^2       sg: without a gradient

Shapes: any leading axes, D numbers of a vector.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class VectorQuantisation(nn.Module):
    """The nearest vector of a codebook. In training, gradients at the output are passed to the input unchanged.

    Args:
        codes: Number of vectors in the codebook.
        width: Numbers D of a vector.

    Example:
        >>> quantise = VectorQuantisation(codes=2, width=1)
        >>> _ = quantise.codebook.data.copy_(torch.tensor([[0.0], [1.0]]))
        >>> z = torch.tensor([[0.3], [0.6]], requires_grad=True)
        >>> quantise(z).square().sum().backward()
        >>> quantise(z).flatten().tolist(), z.grad.flatten().tolist()
        ([0.0, 1.0], [0.0, 2.0])
    """

    @checked_arguments()
    def __init__(self, *, codes: int = 5, width: int = 3) -> None:
        super().__init__()
        self.codebook = nn.Parameter(torch.empty(codes, width).uniform_(-1 / codes, 1 / codes))

    def forward(self, z: Float[Tensor, "*B D"]) -> Float[Tensor, "*B D"]:
        """Return the nearest vectors of the codebook."""
        nearest = self.codebook[self.nearest(z)]
        return nearest.detach() + (z - z.detach()) if self.training else nearest + 0 * z  # a derivative is added

    def nearest(self, z: Float[Tensor, "*B D"]) -> Int[Tensor, "*B"]:
        """Return the numbers of the nearest vectors of the codebook, the first of several that are equally near."""
        return torch.cdist(z.reshape(-1, z.shape[-1]), self.codebook).argmin(1).view(z.shape[:-1])

    def codebook_error(self, z: Float[Tensor, "*B D"]) -> Float[Tensor, "*B"]:
        """Return the squared distances to the nearest vectors, whose gradient reaches the codebook only."""
        return (z.detach() - self.codebook[self.nearest(z)]).square().sum(-1)

    def commitment_error(self, z: Float[Tensor, "*B D"]) -> Float[Tensor, "*B"]:
        """Return the squared distances to the nearest vectors, whose gradient reaches the input only."""
        return (z - self.codebook[self.nearest(z)].detach()).square().sum(-1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random vectors."""
        return {"z": torch.randn(B, self.codebook.shape[1], generator=generator)}
