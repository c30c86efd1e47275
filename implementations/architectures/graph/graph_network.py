"""Graph network block: edges, nodes and the whole graph update each other through shared functions and sums.

Source: Battaglia et al. 2018, "Relational inductive biases, deep learning, and graph networks", eq. 1 and Algorithm 1
(battaglia2018relational).

Equations:
    e'_k = phi_e(e_k, v_{r_k}, v_{s_k}, u)          every edge, from its receiver r_k and sender s_k
    v'_i = phi_v(sum over k with r_k = i of e'_k, v_i, u)
    u'   = phi_u(sum over k of e'_k, sum over i of v'_i, u)

Shapes: N nodes, E edges, F node features, C edge features, K global features, G new node features, D new edge features,
V new global features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.sum_aggregation import SumAggregation
from kb.guards import checked_arguments, checked_inputs


class Graph(NamedTuple):
    """Updated features of nodes, edges and the whole graph."""

    x: Float[Tensor, "N G"]
    e: Float[Tensor, "E D"]
    u: Float[Tensor, "1 V"]


def update_function(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Return a multilayer perceptron with one hidden layer."""
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class GraphNetwork(nn.Module):
    """One full graph network block.

    Args:
        node_features: Number F of features of a node.
        edge_features: Number C of features of an edge.
        global_features: Number K of features of the graph.
        out_features: Numbers of new features of nodes, edges and graph: G, D and V.
        hidden: Width of the hidden layer of each update function.

    Example:
        >>> block = GraphNetwork(node_features=4, edge_features=3, global_features=2)
        >>> edges = torch.tensor([[0, 1], [1, 2]])
        >>> block(torch.zeros(5, 4), edges, torch.zeros(2, 3), torch.zeros(1, 2)).x.shape
        torch.Size([5, 4])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        node_features: int = 4,
        edge_features: int = 3,
        global_features: int = 2,
        out_features: tuple[int, int, int] | list[int] = (4, 3, 2),
        hidden: int = 8,
    ) -> None:
        super().__init__()
        self.sizes = (node_features, edge_features, global_features)
        nodes, edges, whole = out_features
        self.edge_update = update_function(edge_features + 2 * node_features + global_features, hidden, edges)
        self.node_update = update_function(edges + node_features + global_features, hidden, nodes)
        self.global_update = update_function(edges + nodes + global_features, hidden, whole)
        self.aggregate = SumAggregation()

    @checked_inputs(edge_index="N")
    def forward(
        self,
        x: Float[Tensor, "N F"],
        edge_index: Int[Tensor, "2 E"],
        e: Float[Tensor, "E C"],
        u: Float[Tensor, "1 K"],
    ) -> Graph:
        """Update edges, then nodes, then the graph, each from what has been updated before.

        A self-loop is an edge like any other.
        """
        sender, receiver = edge_index
        e = self.edge_update(torch.cat([e, x[receiver], x[sender], u.expand(len(e), -1)], 1))
        x = self.node_update(torch.cat([self.aggregate(e, receiver, len(x)), x, u.expand(len(x), -1)], 1))
        u = self.global_update(torch.cat([e.sum(0, keepdim=True), x.sum(0, keepdim=True), u], 1))
        return Graph(x, e, u)

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 9) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated."""
        nodes, edges, whole = self.sizes
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        return {
            "x": torch.randn(N, nodes, generator=generator),
            "edge_index": torch.stack([source, target]),
            "e": torch.randn(E, edges, generator=generator),
            "u": torch.randn(1, whole, generator=generator),
        }
