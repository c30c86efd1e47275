"""Weight normalisation: the weights of a unit are a direction times a length.

Source: Salimans & Kingma 2016, "Weight normalization", eq. 1 and 2 (salimans2016weight).

Equations:
    y = w . x + b
    w = g v / |v|      for every unit on its own

Shapes: B examples, F input features, G output features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class WeightNormalisation(nn.Module):
    """A linear layer with normalised weights, which starts as if they were not.

    Args:
        in_features: Number F of input features.
        out_features: Number G of output features.
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, out_features: int = 3) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(out_features))
        self.direction = nn.Parameter(torch.randn(out_features, in_features) / in_features**0.5)
        self.length = nn.Parameter(self.direction.detach().square().sum(1, keepdim=True).sqrt())

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the weighted sums."""
        weight = self.length * self.direction / self.direction.square().sum(1, keepdim=True).sqrt()
        return x @ weight.T + self.bias

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.direction.shape[1], generator=generator)}
