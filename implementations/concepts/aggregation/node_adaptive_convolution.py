"""Node-adaptive graph convolution: weights of nodes and of edges are computed from embeddings of the nodes.

Source: Bai, Yao, Li, Wang & Wang 2020, "Adaptive graph convolutional recurrent network for traffic forecasting"
(bai2020adaptive).

Equations:
    A = softmax(ReLU(E E^T))
    Z_n = sum over d of E_nd (W0_d x_n + W1_d sum over m of A_nm x_m + b_d)

Shapes: B examples, N nodes, D numbers of an embedding, F input features, G output features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class NodeAdaptiveConvolution(nn.Module):
    """A pool of matrices, mixed for every node by its embedding; the embeddings are an input, shared by layers.

    Args:
        in_features: Number F of input features.
        out_features: Number G of output features.
        embedding: Numbers D of an embedding.

    Example:
        >>> NodeAdaptiveConvolution(in_features=3, out_features=5)(torch.zeros(2, 4, 3), torch.zeros(4, 2)).shape
        torch.Size([2, 4, 5])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, out_features: int = 4, embedding: int = 2) -> None:
        super().__init__()
        self.in_features, self.embedding = in_features, embedding
        bound = in_features**-0.5
        self.pool = nn.Parameter(torch.empty(embedding, 2, in_features, out_features).uniform_(-bound, bound))
        self.bias_pool = nn.Parameter(torch.zeros(embedding, out_features))

    def forward(self, x: Float[Tensor, "B N F"], embeddings: Float[Tensor, "N D"]) -> Float[Tensor, "B N G"]:
        """Return the new features of all nodes."""
        adjacency = (embeddings @ embeddings.T).relu().softmax(1)  # [N, N]
        seen = torch.stack([x, adjacency @ x], 2)  # [B, N, 2, F]: a node, and its neighbours
        weights = torch.einsum("nd,dkfg->nkfg", embeddings, self.pool)
        return torch.einsum("bnkf,nkfg->bng", seen, weights) + embeddings @ self.bias_pool

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, N: int = 4) -> dict[str, Tensor]:
        """Return random features and embeddings."""
        return {
            "x": torch.randn(B, N, self.in_features, generator=generator),
            "embeddings": torch.randn(N, self.embedding, generator=generator),
        }
