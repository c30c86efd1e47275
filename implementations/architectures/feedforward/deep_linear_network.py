"""Deep linear network: a product of matrices, no more expressive than one matrix, with other training dynamics.

Source: Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
networks" (saxe2013exact); the lecture, S7 and S21.

Equations:
    y = W_L ... W_2 W_1 x

Shapes: B examples, F input features, G output features.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class DeepLinearNetwork(nn.Module):
    """Linear layers without biases and without anything between them.

    Args:
        in_features: Number F of input features.
        hidden: Widths of the hidden layers.
        out_features: Number G of outputs.
        orthogonal: Whether the layers start orthogonal (with orthonormal rows or columns where they are not square).

    Example:
        >>> DeepLinearNetwork(in_features=4, hidden=[8, 8], out_features=2)(torch.zeros(3, 4)).shape
        torch.Size([3, 2])
    """

    @checked_arguments(hidden=())
    def __init__(
        self, *, in_features: int = 4, hidden: Sequence[int] = (5, 5), out_features: int = 3, orthogonal: bool = False
    ) -> None:
        super().__init__()
        widths = [in_features, *hidden, out_features]
        self.layers = nn.Sequential(*(nn.Linear(narrow, wide, bias=False) for narrow, wide in pairwise(widths)))
        if orthogonal:
            for layer in self.layers:
                nn.init.orthogonal_(layer.weight)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the product of all matrices with every example."""
        return self.layers(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.layers[0].in_features, generator=generator)}
