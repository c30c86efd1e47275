"""GraphGPS: in every layer messages along edges and attention between all nodes, side by side.

Source: Rampasek et al. 2022, "Recipe for a general, powerful, scalable graph Transformer" (rampasek2022recipe); the
layer is that of the authors' code.

Equations:
    x_v = embedding of the features + C p_v + c,   p_v: random-walk code
    l = Norm(x + GIN(x, edges))
    a = Norm(x + MultiHeadAttention(x, x))
    x' = Norm(l + a + W_2 ReLU(W_1 (l + a)))

Shapes: N nodes, E edges, F input features, D width, G output features.

Differs:
    1. Edges have no features, so that the messages are those of the graph isomorphism network.
    2. One graph at a time.
    3. A code is mapped and added to the embedded features, not concatenated to them.
    4. No dropout.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.architectures.graph.graph_isomorphism_network import GINLayer
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from implementations.concepts.position_code.random_walk_code import RandomWalkCode
from kb.guards import checked_arguments, checked_inputs


class GPSLayer(nn.Module):
    """Message passing and attention on the same input, their sum, and a network for every node."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.local = GINLayer(width, width, width)
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.local_norm, self.attention_norm, self.norm = (nn.BatchNorm1d(width) for _ in range(3))
        self.feed_forward = PositionWiseFeedForward(width=width, hidden=2 * width)

    def forward(self, x: Float[Tensor, "N D"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N D"]:
        """Return the new features of all nodes."""
        near = self.local_norm(x + self.local(x, edge_index))
        far = self.attention_norm(x + self.attention(x[None], x[None])[0])
        x = near + far
        return self.norm(x + self.feed_forward(x[None])[0])


class GraphGPS(nn.Module):
    """A linear map in, to which codes are added, layers, and a linear map out.

    Args:
        in_features: Number F of features of a node.
        width: Width D of the layers.
        heads: Attention heads; must divide the width.
        layers: Number of layers.
        steps: Steps of the longest walk of the code.
        out_features: Number G of outputs of a node.

    Example:
        >>> network = GraphGPS(in_features=4, out_features=2)
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
        steps: int = 3,
        out_features: int = 3,
    ) -> None:
        super().__init__()
        self.embed = nn.Linear(in_features, width)
        self.position = RandomWalkCode(features=width, steps=steps)
        self.layers = nn.ModuleList(GPSLayer(width, heads) for _ in range(layers))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets."""
        x = self.position(self.embed(x), edge_index)
        for layer in self.layers:
            x = layer(x, edge_index)
        return self.read_out(x)

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.embed.in_features, generator=generator), "edge_index": edges}
