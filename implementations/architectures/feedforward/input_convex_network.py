"""Input convex network: a convex function of its input, because weights between hidden layers are not negative.

Source: Amos, Xu & Kolter 2017, "Input convex neural networks", eq. 2 and Proposition 1 (amos2017input).

Equations:
    z_1 = ReLU(W_0^y x + b_0)
    z_{i+1} = g_i(W_i^z z_i + W_i^y x + b_i)      eq. 2, W_i^z >= 0; g_i: ReLU, or the identity for the last layer
    W_i^z = softplus(V_i) / n                     n: units of layer i; the paper's y is x

Shapes: B examples, F input features, G outputs, each a convex function.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments, checked_inputs


class NonNegativeLinear(nn.Module):
    """A linear map without negative weights and without a bias."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.logit = nn.Parameter(torch.randn(outputs, inputs) / inputs**0.5)

    def weight(self) -> Tensor:
        """Return the weights that are used; sums of positive ones would make signals grow from layer to layer."""
        return F.softplus(self.logit) / self.logit.shape[1]

    def forward(self, z: Tensor) -> Tensor:
        """Return the sums."""
        return F.linear(z, self.weight())


class InputConvexNetwork(nn.Module):
    """Layers that see the input directly, and the layer before them through weights that are not negative.

    Args:
        in_features: Number F of input features.
        hidden: Units of every hidden layer.
        out_features: Number G of outputs.
        layers: Number of hidden layers.

    Example:
        >>> InputConvexNetwork(in_features=3, out_features=1)(torch.zeros(4, 3)).shape
        torch.Size([4, 1])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, hidden: int = 6, out_features: int = 2, layers: int = 2) -> None:
        super().__init__()
        self.in_features = in_features
        widths = [*[hidden] * layers, out_features]
        self.direct = nn.ModuleList(nn.Linear(in_features, width) for width in widths)
        self.between = nn.ModuleList(NonNegativeLinear(hidden, width) for width in widths[1:])

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return convex functions of the input."""
        first, *rest = self.direct
        z = first(x)
        for direct, between in zip(rest, self.between, strict=True):
            z = between(torch.relu(z)) + direct(x)
        return z

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.in_features, generator=generator)}
