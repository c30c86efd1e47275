"""Deep equilibrium model: the output of one layer that is repeated until nothing changes any more.

Source: Bai, Kolter & Koltun 2019, "Deep equilibrium models" (bai2019deep), with a layer of a perceptron.

Equations:
    z = f(z, x) = tanh(W z + U x + b)           at the fixed point, which is found by iterating f
    W = c V / max(1, |V|)                       c below 1: then f is a contraction; |V|: root of the sum of squares
    dL/dtheta = dL/dz (I - df/dz)^-1 df/dtheta  by the implicit function theorem, at the fixed point only
    y = R z + r

Shapes: B examples, F input features, U units, G outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.implicit_layer.fixed_point import fixed_point
from kb.guards import checked_arguments, checked_inputs


class DeepEquilibriumModel(nn.Module):
    """A layer that sees the input, its fixed point, and a read-out.

    Args:
        in_features: Number F of input features.
        units: Number U of units.
        out_features: Number G of outputs.
        contraction: The factor c by which a layer shrinks differences at least, below 1.

    Raises:
        ValueError: The factor is not between 0 and 1.

    Examples:
        >>> DeepEquilibriumModel()(torch.zeros(2, 4)).shape
        torch.Size([2, 3])
        >>> DeepEquilibriumModel(contraction=1.0)
        Traceback (most recent call last):
        ValueError: DeepEquilibriumModel(contraction=1.0) cannot be built: contraction (1.0) must be between 0 and 1
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 4, units: int = 6, out_features: int = 3, contraction: float = 0.8
    ) -> None:
        super().__init__()
        if not 0 < contraction < 1:
            raise ValueError(f"contraction ({contraction}) must be between 0 and 1")
        self.in_features, self.contraction = in_features, contraction
        self.input = nn.Linear(in_features, units)
        self.recurrent = nn.Linear(units, units, bias=False)
        self.activation = nn.Tanh()
        self.read_out = nn.Linear(units, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the outputs at the fixed point."""
        injected, matrix = self.input(x), self.matrix()

        def layer(z: Tensor) -> Tensor:
            return self.activation(F.linear(z, matrix) + injected)

        return self.read_out(fixed_point(layer, torch.zeros_like(injected)))

    def matrix(self) -> Tensor:
        """Return the matrix W from state to state, whose norm is at most the factor."""
        weight = self.recurrent.weight
        return self.contraction * weight / weight.square().sum().sqrt().clamp(min=1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.in_features, generator=generator)}
