"""Higher-order graph network: message passing between pairs of nodes, which see triangles.

Source: Morris et al. 2019, "Weisfeiler and Leman go neural: higher-order graph neural networks", the local network for
k = 2 (morris2019weisfeiler).

Equations:
    h_uv = ReLU(W_0 [x_u + x_v, A_uv + A_vu] + b_0)      for every pair of different nodes
    h'_uv = ReLU(W_1 h_uv + b_1 + W_2 m_uv)
    m_uv = sum over neighbours w of u of h_wv + sum over neighbours w of v of h_uw
    y_v = W sum over u of h_uv + b

Shapes: N nodes, E edges, F input features, D features of a pair, G output features.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.aggregation.pair_aggregation import PairAggregation
from kb.guards import checked_arguments, checked_inputs


class PairLayer(nn.Module):
    """A round of messages between pairs."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.own, self.others = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.aggregate = PairAggregation()

    def forward(self, h: Float[Tensor, "N N D"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N N D"]:
        """Return new features of all pairs."""
        return torch.relu(self.own(h) + self.others(self.aggregate(h, edge_index)))


class HigherOrderGraphNetwork(nn.Module):
    """Rounds of messages between pairs of nodes, and a sum over the pairs of every node.

    Args:
        in_features: Number F of features of a node.
        width: Number D of features of a pair.
        rounds: How often messages are sent.
        out_features: Number G of outputs of a node.

    Example:
        >>> net = HigherOrderGraphNetwork(in_features=4, out_features=2)
        >>> net(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 5, width: int = 8, rounds: int = 2, out_features: int = 3) -> None:
        super().__init__()
        self.in_features = in_features
        self.embedding = nn.Linear(in_features + 1, width)
        self.layers = nn.ModuleList(PairLayer(width) for _ in range(rounds))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets."""
        ones = x.new_ones(edge_index.shape[1])
        joined = x.new_zeros(len(x), len(x)).index_put(tuple(edge_index), ones, accumulate=True)
        pairs = torch.cat([x[:, None] + x, (joined + joined.T)[:, :, None]], 2)  # [N, N, F + 1]
        h = torch.relu(self.embedding(pairs))
        for layer in self.layers:
            h = layer(h, edge_index)
        return self.read_out(h.sum(1) - h.diagonal().T)

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.in_features, generator=generator), "edge_index": edges}
