"""Linear layer: every output is a weighted sum of all inputs, plus a bias.

Source: units of Rosenblatt 1958 (rosenblatt1958perceptron), without their threshold.

Equations:
    y_g = sum over f of W_gf x_f + b_g

Shapes: any leading axes, F input features, G output features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class LinearLayer(nn.Module):
    """Affine map of the last axis, written out from the equation.

    Args:
        in_features: Number F of inputs.
        out_features: Number G of outputs.
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, out_features: int = 3) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / in_features**0.5)
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x: Float[Tensor, "*B F"]) -> Float[Tensor, "*B G"]:
        """Return the weighted sums."""
        return (self.weight * x[..., None, :]).sum(-1) + self.bias

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.weight.shape[1], generator=generator)}
