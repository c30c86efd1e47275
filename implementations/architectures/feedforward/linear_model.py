"""Linear model: every output is a weighted sum of the inputs plus a constant.

Source: the lecture's h(w, x) = w x (S3), with the bias that the slide leaves out; as weights that are learned,
Rosenblatt 1958 (rosenblatt1958perceptron).

Equations:
    y = x W^T + b
    With `rotation`, W = exp(A - A^T), which is orthogonal for all A.

Shapes: B examples, F input features, G output features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments, checked_inputs


class LinearModel(nn.Module):
    """Affine map from features to outputs: regression targets, or logits of classes.

    Args:
        in_features: Number F of input features.
        out_features: Number G of outputs.
        bias: Whether to add a constant; without it decision boundaries pass through the origin.
        rotation: Whether the weights are kept orthogonal, as the exponential of a skew-symmetric matrix.

    Raises:
        ValueError: A rotation is asked for, and the numbers of inputs and outputs differ.

    Example:
        >>> LinearModel(in_features=4, out_features=2)(torch.zeros(3, 4)).shape
        torch.Size([3, 2])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 4, out_features: int = 3, bias: bool = True, rotation: bool = False
    ) -> None:
        super().__init__()
        if rotation and in_features != out_features:
            raise ValueError(f"a rotation needs as many outputs ({out_features}) as inputs ({in_features})")
        self.rotation = rotation
        self.linear = nn.Linear(in_features, out_features, bias=bias)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the weighted sums."""
        if not self.rotation:
            return self.linear(x)
        weight = self.linear.weight
        return F.linear(x, torch.matrix_exp(weight - weight.T), self.linear.bias)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features, the first example all zero: it shows the bias alone."""
        x = torch.randn(B, self.linear.in_features, generator=generator)
        return {"x": x.index_fill(0, torch.tensor([0]), 0.0)}
