"""Erase-and-add write: erases and adds to the rows of a memory, in proportion to their weights.

Source: Graves, Wayne & Danihelka 2014, eq. 3 and 4 (graves2014neural).

Equations:
    M'(i) = M(i) * (1 - w(i) e) + w(i) a

Shapes: B examples, M rows, D features of a row.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class EraseAndAddWrite(nn.Module):
    """A row with a weight of one that is fully erased contains only the added vector afterwards.

    Example:
        >>> memory, first = torch.tensor([[[5.0, 5.0], [7.0, 7.0]]]), torch.tensor([[1.0, 0.0]])
        >>> EraseAndAddWrite()(memory, first, torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 2.0]]))
        tensor([[[1., 7.],
                 [7., 7.]]])
    """

    def forward(
        self,
        memory: Float[Tensor, "B M D"],
        weights: Float[Tensor, "B M"],
        erase: Float[Tensor, "B D"],
        add: Float[Tensor, "B D"],
    ) -> Float[Tensor, "B M D"]:
        """Return the memory after writing."""
        weights = weights[:, :, None]
        return memory * (1 - weights * erase[:, None]) + weights * add[:, None]

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, M: int = 6) -> dict[str, Tensor]:
        """Return a random memory, a distribution over its rows, and the vectors to erase and to add."""
        memory, add = (torch.randn(shape, generator=generator) for shape in ((B, M, 4), (B, 4)))
        weights = torch.randn(B, M, generator=generator).softmax(1)
        return {"memory": memory, "weights": weights, "erase": torch.rand(B, 4, generator=generator), "add": add}
