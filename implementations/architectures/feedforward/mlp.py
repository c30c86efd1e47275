"""Multilayer perceptron: affine layers with a non-linearity after each but the last.

Source: the lecture's equation for deep networks (S4); Rumelhart, Hinton & Williams 1986 (rumelhart1986learning) for
layers trained by backpropagation; rectified linear units as in Glorot, Bordes & Bengio 2011 (glorot2011deep).

Equations:
    h_0 = x
    h_i = ReLU(W_i h_{i-1} + b_i)      for i = 1 .. k - 1
    y   = W_k h_{k-1} + b_k

Shapes: B examples, F input features, G output features.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "identity": nn.Identity}


class MLP(nn.Module):
    """A chain of affine maps and pointwise non-linearities.

    Args:
        in_features: Number F of input features.
        hidden: Widths of the hidden layers; none gives a linear model.
        out_features: Number G of outputs.
        activation: `relu`, `tanh`, `sigmoid` or `identity`.
        bias: Whether the layers add constants.

    Raises:
        ValueError: The activation is unknown.

    Example:
        >>> MLP(in_features=4, hidden=[8, 8], out_features=2)(torch.zeros(3, 4)).shape
        torch.Size([3, 2])
    """

    @checked_arguments(hidden=())
    def __init__(
        self,
        *,
        in_features: int = 4,
        hidden: Sequence[int] = (8, 8),
        out_features: int = 3,
        activation: str = "relu",
        bias: bool = True,
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation ({activation!r}) must be one of {', '.join(ACTIVATIONS)}")
        self.in_features = in_features
        widths = [in_features, *hidden]
        layers: list[nn.Module] = []
        for narrow, wide in pairwise(widths):
            layers += [nn.Linear(narrow, wide, bias=bias), ACTIVATIONS[activation]()]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], out_features, bias=bias))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the output of the last affine layer."""
        return self.layers(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features, the first example all zero: it shows the biases alone."""
        x = torch.randn(B, self.in_features, generator=generator)
        return {"x": x.index_fill(0, torch.tensor([0]), 0.0)}
