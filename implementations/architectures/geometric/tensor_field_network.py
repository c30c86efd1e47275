"""Tensor field network: scalars, vectors and tensors at points of space, which rotate with the points.

Source: Thomas et al. 2018, "Tensor field networks: rotation- and translation-equivariant neural networks for 3D point
clouds" (thomas2018tensor), in the form of the authors' code.

Equations:
    V = W_0 h   as scalars; vectors and tensors start at zero
    V <- eta(self-interaction(convolution(V)))     in every layer
    h' = W s + b,   x' = x + w v    of the scalars s and vectors v after the last layer

Shapes: N nodes, X = 3 coordinates, E edges, F input features, D channels, M components, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.equivariant_layer.norm_non_linearity import NormNonLinearity
from implementations.concepts.equivariant_layer.tensor_field_convolution import TensorFieldConvolution
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """Features of all nodes, and the point that each proposes."""

    h: Float[Tensor, "N G"]
    x: Float[Tensor, "N X"]


class TensorFieldLayer(nn.Module):
    """A convolution with its self-interaction, and a non-linearity."""

    def __init__(self, width: int, degree: int, gaussians: int, reach: float, cross_products: bool) -> None:
        super().__init__()
        self.convolution = TensorFieldConvolution(
            features=width, degree=degree, gaussians=gaussians, reach=reach, cross_products=cross_products
        )
        self.non_linearity = NormNonLinearity(features=width, degree=degree)

    def forward(
        self, h: Float[Tensor, "N D M"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"]
    ) -> Float[Tensor, "N D M"]:
        """Return the new features of all nodes."""
        return self.non_linearity(self.convolution(h, x, edge_index))


class TensorFieldNetwork(nn.Module):
    """A linear map of the features, layers, and linear maps of the scalars and of the vectors.

    Args:
        in_features: Number F of features of a node.
        width: Channels of each degree.
        degree: Largest degree inside: 1 for vectors, 2 for symmetric tensors without trace too.
        gaussians: Number of Gaussians that encode a distance.
        reach: Distance at which the last Gaussian is.
        cross_products: Whether degrees may have an odd sum; without them, reflections are a symmetry as well.
        out_features: Number G of outputs of a node.
        layers: Number of layers.

    Example:
        >>> edges = torch.tensor([[0, 1], [1, 0]])
        >>> TensorFieldNetwork(in_features=4)(torch.zeros(3, 4), torch.eye(3), edges).x.shape
        torch.Size([3, 3])
    """

    @checked_arguments(degree=(1, 2))
    def __init__(
        self,
        *,
        in_features: int = 3,
        width: int = 4,
        degree: int = 1,
        gaussians: int = 4,
        reach: float = 3.5,
        cross_products: bool = True,
        out_features: int = 3,
        layers: int = 3,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(in_features, width, bias=False)
        self.components = (degree + 1) ** 2
        self.layers = nn.ModuleList(
            TensorFieldLayer(width, degree, gaussians, reach, cross_products) for _ in range(layers)
        )
        self.scalars = nn.Linear(width, out_features)
        self.vectors = nn.Linear(width, 1, bias=False)

    @checked_inputs(edge_index="N")
    def forward(self, h: Float[Tensor, "N F"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"]) -> Outputs:
        """Return features of all nodes, and the points that they propose; `edge_index` lists sources and targets."""
        scalars = self.embedding(h)[:, :, None]
        v = torch.cat([scalars, scalars.new_zeros(*scalars.shape[:2], self.components - 1)], 2)  # [N, D, M]
        for layer in self.layers:
            v = layer(v, x, edge_index)
        return Outputs(self.scalars(v[:, :, 0]), x + self.vectors(v[:, :, 1:4].mT)[:, :, 0])

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 20) -> dict[str, Tensor]:
        """Return random points with edges among all but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        return {
            "h": torch.randn(N, self.embedding.in_features, generator=generator),
            "x": torch.randn(N, 3, generator=generator),
            "edge_index": torch.stack([source, target]),
        }
