"""Exact relation: a graph convolutional network is message passing with the weights of a fixed matrix.

Source: Gilmer et al. 2017, sec. 2 (gilmer2017neural), who list it among eight examples; Kipf & Welling, eq. 2 and 9
(kipf2016semi).

Method: a GCN of two layers on random undirected graphs is computed in two other ways. As message passing: node w sends
c_vw h_w along each edge and to itself, with c_vw = 1 / sqrt(d_v d_w) and d counting the node itself, and the update is
ReLU(W m) of the sum m, without the ReLU in the last layer. As matrices: A_hat ReLU(A_hat X W_0) W_1.

Measures:
    message_passing_error, matrix_error: relative difference of the outputs, for the two ways.
    no_self_loops_difference: of message passing with nodes that send nothing to themselves.
    unweighted_difference: of message passing with c_vw = 1.
    other_graph_difference: of the matrix form with the matrix of another graph.
"""

import torch
from torch import Tensor

from implementations.architectures.graph.gcn import GCN
from implementations.claims.agreement import difference
from implementations.concepts.component.sum_aggregation import SumAggregation

NODES, FEATURES = 8, 5


def run(seed: int) -> dict[str, float]:
    """Compute a GCN by messages and by matrices, and with other weights.

    Args:
        seed: Seed of graphs, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    adjacency, other = (random_graph(generator) for _ in range(2))
    normalised = normalise(adjacency)
    gcn = GCN(in_features=FEATURES, hidden=[7], out_features=3).double()
    with torch.no_grad():
        for parameter in gcn.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        expected = gcn(x, edges_of(adjacency))
        return {
            "message_passing_error": difference(by_messages(gcn, x, normalised), expected),
            "matrix_error": difference(by_matrices(gcn, x, normalised), expected),
            "no_self_loops_difference": difference(by_messages(gcn, x, normalised * adjacency), expected),
            "unweighted_difference": difference(by_messages(gcn, x, adjacency + torch.eye(NODES)), expected),
            "other_graph_difference": difference(by_matrices(gcn, x, normalise(other)), expected),
        }


def random_graph(generator: torch.Generator) -> Tensor:
    """Return the adjacency matrix `[N, N]` of a ring with random chords: symmetric, without self-loops."""
    ring = torch.eye(NODES, dtype=torch.float64).roll(1, dims=0)
    chords = (torch.rand(NODES, NODES, generator=generator, dtype=torch.float64) < 0.2).to(ring.dtype).triu(1)
    return ((ring + ring.T + chords + chords.T) > 0).to(ring.dtype)


def normalise(adjacency: Tensor) -> Tensor:
    """Return D^-1/2 (A + I) D^-1/2, with D the degrees of A + I."""
    looped = adjacency + torch.eye(NODES)
    scale = looped.sum(1).rsqrt()
    return scale[:, None] * looped * scale


def edges_of(matrix: Tensor) -> Tensor:
    """Return senders and receivers `[2, E]` of the entries that are not zero; row v of the matrix is the receiver."""
    receiver, sender = matrix.nonzero(as_tuple=True)
    return torch.stack([sender, receiver])


def by_messages(gcn: GCN, x: Tensor, weights: Tensor) -> Tensor:
    """Return the outputs `[N, G]` of message passing along the non-zero weights, with one update for each layer."""
    sender, receiver = edges_of(weights)
    for layer, (linear, bias) in enumerate(zip(gcn.maps, gcn.biases, strict=True)):
        messages = weights[receiver, sender][:, None] * x[sender]
        x = linear(SumAggregation()(messages, receiver, NODES)) + bias
        x = torch.relu(x) if layer < len(gcn.maps) - 1 else x
    return x


def by_matrices(gcn: GCN, x: Tensor, matrix: Tensor) -> Tensor:
    """Return A ReLU(A X W_0 + b_0) W_1 + b_1, `[N, G]`."""
    (first, last), (inner, outer) = gcn.maps, gcn.biases
    return matrix @ torch.relu(matrix @ x @ first.weight.T + inner) @ last.weight.T + outer
