"""Graph Transformer: layers of a Transformer in which every node attends over its neighbours in a graph.

Source: Dwivedi & Bresson 2021, "A generalization of Transformer networks to graphs" (dwivedi2020generalization).

Equations:
    w_ij = softmax over edges (j, i) of Q h_i . K h_j / sqrt(d)      for every head
    a_i  = O (|| over heads of sum over edges (j, i) of w_ij V h_j)
    g_i  = Norm(h_i + a_i)
    h_i' = Norm(g_i + W_2 ReLU(W_1 g_i))

Shapes: N nodes, E edges, F input features, D width, G output features.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.aggregation.edge_softmax import EdgeSoftmax
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from implementations.concepts.component.sum_aggregation import SumAggregation
from kb.guards import checked_arguments, checked_inputs

NORMS = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


class NeighbourAttention(nn.Module):
    """Dot-product attention of every node over the nodes that have an edge to it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.output = nn.Linear(width, width)
        self.softmax, self.aggregate = EdgeSoftmax(), SumAggregation()

    def forward(self, x: Float[Tensor, "N D"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N D"]:
        """Return the attended values of every node; they are zero for a node without incoming edges."""
        source, target = edge_index
        q, k, v = (
            p(x).unflatten(1, (self.heads, -1)) for p in (self.query, self.key, self.value)
        )  # [N, heads, D/heads]
        scores = (q[target] * k[source]).sum(2) / q.shape[2] ** 0.5  # [E, heads]
        messages = self.softmax(scores, target, len(x))[:, :, None] * v[source]
        return self.output(self.aggregate(messages.flatten(1), target, len(x)))


class Layer(nn.Module):
    """Attention over neighbours and a position-wise network, each with a residual connection and a normalisation."""

    def __init__(self, width: int, heads: int, norm: str) -> None:
        super().__init__()
        self.attention = NeighbourAttention(width, heads)
        self.attention_norm = NORMS[norm](width)
        self.feed_forward = PositionWiseFeedForward(width=width, hidden=2 * width)
        self.feed_forward_norm = NORMS[norm](width)

    def forward(self, x: Float[Tensor, "N D"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N D"]:
        """Return the new features of all nodes."""
        x = self.attention_norm(x + self.attention(x, edge_index))
        return self.feed_forward_norm(x + self.feed_forward(x[None])[0])


class GraphTransformer(nn.Module):
    """A linear map in, layers of attention over neighbours, and a linear map out.

    Args:
        in_features: Number F of features of a node.
        width: Width D of the layers.
        heads: Attention heads; must divide the width.
        layers: Number of layers.
        out_features: Number G of outputs of a node.
        norm: `batch` or `layer` normalisation.

    Raises:
        ValueError: The heads do not divide the width, or the normalisation is unknown.

    Example:
        >>> network = GraphTransformer(in_features=4, out_features=2)
        >>> network(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 5,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        out_features: int = 3,
        norm: str = "batch",
    ) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width ({width}) must be divisible by heads ({heads})")
        if norm not in NORMS:
            raise ValueError(f"norm ({norm!r}) must be one of {', '.join(NORMS)}")
        self.embed = nn.Linear(in_features, width)
        self.layers = nn.ModuleList(Layer(width, heads, norm) for _ in range(layers))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets, with self-loops if desired."""
        x = self.embed(x)
        for layer in self.layers:
            x = layer(x, edge_index)
        return self.read_out(x)

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.embed.in_features, generator=generator), "edge_index": edges}
