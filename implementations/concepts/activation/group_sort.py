"""GroupSort: the units of every group are sorted.

Source: Anil, Lucas & Grosse 2019, "Sorting out Lipschitz function approximation" (anil2019sorting).

Equations:
    (y_1, .., y_k) = the numbers x_1, .., x_k of a group, the smallest first

Shapes: B examples, F numbers, in groups of k that follow each other.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class GroupSort(nn.Module):
    """The function; with groups of two it is also called MaxMin.

    Args:
        size: Units k of a group, whose number has to be a multiple of it.

    Example:
        >>> GroupSort()(torch.tensor([[3.0, 1.0, 2.0, 4.0]]))
        tensor([[1., 3., 2., 4.]])
    """

    @checked_arguments()
    def __init__(self, *, size: int = 2) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the units, sorted within groups."""
        return x.unflatten(1, (-1, self.size)).sort(2).values.flatten(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, for three groups."""
        return {"x": torch.randn(B, 3 * self.size, generator=generator)}
