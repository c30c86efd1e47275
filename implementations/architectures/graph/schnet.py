"""SchNet: energies of atoms from their kinds and distances, by filters that are functions of a distance.

Source: Schütt et al. 2017, "SchNet: a continuous-filter convolutional neural network for modeling quantum interactions"
(schutt2017schnet), in the form of PyG.

Equations:
    h_i = W_0 z_i,   of a one-hot code an embedding
    h_i' = h_i + V_2 ssp(V_1 (sum over neighbours j of V_0 h_j * w(|x_i - x_j|)) + a) + b
    y_i = W_2 ssp(W_1 h_i + b_1) + b_2        ssp(x) = log(1 + e^x) - log 2

Shapes: N nodes, X coordinates, E edges, F input features, G output features.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.activation.shifted_softplus import ShiftedSoftplus
from implementations.concepts.equivariant_layer.continuous_filter_convolution import ContinuousFilterConvolution
from kb.guards import checked_arguments, checked_inputs


class Interaction(nn.Module):
    """A continuous-filter convolution between linear maps of the features, around which there is a connection."""

    def __init__(self, width: int, gaussians: int, cutoff: float) -> None:
        super().__init__()
        self.before = nn.Linear(width, width, bias=False)
        self.convolution = ContinuousFilterConvolution(features=width, gaussians=gaussians, cutoff=cutoff)
        self.after = nn.Sequential(nn.Linear(width, width), ShiftedSoftplus(), nn.Linear(width, width))

    def forward(
        self, h: Float[Tensor, "N D"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"]
    ) -> Float[Tensor, "N D"]:
        """Return the new features of all nodes."""
        return h + self.after(self.convolution(self.before(h), x, edge_index))


class SchNet(nn.Module):
    """An embedding, interactions of neighbours, and a perceptron for every node.

    Args:
        in_features: Number F of features of a node, such as a one-hot code of its kind.
        width: Number of features inside.
        gaussians: Number of Gaussians that encode a distance.
        cutoff: Distance from which on nothing is seen.
        interactions: Number of interactions.
        out_features: Number G of outputs of a node.

    Raises:
        ValueError: There are fewer than two Gaussians, or the cutoff is not positive.

    Example:
        >>> edges = torch.tensor([[0, 1], [1, 0]])
        >>> SchNet(in_features=4)(torch.zeros(3, 4), torch.eye(3), edges).shape
        torch.Size([3, 1])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        width: int = 6,
        gaussians: int = 5,
        cutoff: float = 10.0,
        interactions: int = 2,
        out_features: int = 1,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(in_features, width, bias=False)
        self.interactions = nn.ModuleList(Interaction(width, gaussians, cutoff) for _ in range(interactions))
        self.read_out = nn.Sequential(
            nn.Linear(width, max(width // 2, 1)), ShiftedSoftplus(), nn.Linear(max(width // 2, 1), out_features)
        )

    @checked_inputs(edge_index="N")
    def forward(
        self, h: Float[Tensor, "N F"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"]
    ) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes at the points x; `edge_index` lists sources and targets."""
        h = self.embedding(h)
        for interaction in self.interactions:
            h = interaction(h, x, edge_index)
        return self.read_out(h)

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 9, X: int = 3) -> dict[str, Tensor]:
        """Return random points with edges among all but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        return {
            "h": torch.randn(N, self.embedding.in_features, generator=generator),
            "x": torch.randn(N, X, generator=generator),
            "edge_index": torch.stack([source, target]),
        }
