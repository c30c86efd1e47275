"""Diagonal state space model (S4D): layers of long filters, each the response of a linear differential equation.

Source: Gu et al. 2022, "On the parameterization and initialization of diagonal state space models"
(gu2022parameterization); the layers around the state spaces as in the authors' example, see the entry.

Equations:
    a layer: LayerNorm(x + a * sigmoid(b)),   (a, b) = W GELU(SSM(x)) + c      SSM: a diagonal state space
    an affine map before the layers, and one after them

Shapes: B examples, T positions, F input features, D width, G output features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.state_space_layer.diagonal_state_space import DiagonalStateSpace
from kb.guards import checked_arguments, checked_inputs


class Layer(nn.Module):
    """A state space for each feature, and a gated map that mixes the features of every position."""

    def __init__(self, width: int, state: int) -> None:
        super().__init__()
        self.state_space = DiagonalStateSpace(width=width, state=state)
        self.mixing = nn.Linear(width, 2 * width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, D]` to the same shape."""
        mixed, gate = self.mixing(F.gelu(self.state_space(x))).chunk(2, -1)
        return self.norm(x + mixed * torch.sigmoid(gate))


class DiagonalStateSpaceModel(nn.Module):
    """All positions at once, by convolutions.

    Args:
        in_features: Number F of input features.
        width: Width D of the model.
        out_features: Number G of outputs at every position.
        layers: Number of layers.
        state: How many complex numbers the state of each feature has.

    Example:
        >>> DiagonalStateSpaceModel(in_features=3, out_features=2)(torch.zeros(4, 10, 3)).shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 3, width: int = 4, out_features: int = 2, layers: int = 2, state: int = 3
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(in_features, width)
        self.layers = nn.Sequential(*(Layer(width, state) for _ in range(layers)))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T G"]:
        """Return one output for every position."""
        return self.read_out(self.layers(self.embedding(x)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, self.embedding.in_features, generator=generator)}
