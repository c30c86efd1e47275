"""Exact relation: a graph isomorphism network is message passing with plain sums, (A + (1 + epsilon) I) X in matrices.

Source: Xu et al. 2019, sec. 4.1 (xu2018how); Gilmer et al. 2017, eq. 1 and 2 (gilmer2017neural).

Method: a network of two layers on random undirected graphs is computed in two other ways. As message passing: a
neighbour sends its features, and a node becomes MLP((1 + epsilon) h + m) with the sum m of the messages. As matrices:
MLP((A + (1 + epsilon) I) H). Where epsilon is zero the matrix is A + I, that of a graph with self-loops, in which every
node is its own neighbour.

Measures:
    message_passing_error, matrix_error: relative difference of the outputs for random epsilon, for the two ways.
    self_loop_error: for epsilon zero, of the network and the network on the graph with self-loops, without another term
        for the node itself (epsilon = -1).
    epsilon_difference: of the network with random epsilon and the matrix A + I.
    normalised_difference: of the network with epsilon zero and the matrix of a GCN, D^-1/2 (A + I) D^-1/2.
    mean_difference: of the network with epsilon zero and the mean over neighbours and node, D^-1 (A + I).
"""

import torch
from torch import Tensor

from implementations.architectures.graph.graph_isomorphism_network import GINLayer, GraphIsomorphismNetwork
from implementations.claims.agreement import difference
from implementations.concepts.component.sum_aggregation import SumAggregation

NODES, FEATURES = 8, 5


def run(seed: int) -> dict[str, float]:
    """Compute a graph isomorphism network by messages and by matrices, and with other matrices.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    adjacency = random_graph(generator)
    edges, identity = adjacency.nonzero().T, torch.eye(NODES, dtype=torch.float64)
    looped = adjacency + identity
    degree = looped.sum(1)
    network = GraphIsomorphismNetwork(in_features=FEATURES, hidden=7, out_features=3).double()
    with torch.no_grad():
        for parameter in network.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(noise / parameter.shape[-1] ** 0.5)
        expected = network(x, edges)
        weighted = [looped + layer.epsilon * identity for layer in (network.first, network.last)]
        measures = {
            "message_passing_error": difference(by_messages(network, x, edges), expected),
            "matrix_error": difference(by_matrices(network, x, *weighted), expected),
            "epsilon_difference": difference(by_matrices(network, x, looped, looped), expected),
        }
        plain = _with_epsilon(network, 0.0)(x, edges)
        normalised, mean = degree.rsqrt()[:, None] * looped * degree.rsqrt(), looped / degree[:, None]
        return measures | {
            "self_loop_error": difference(_with_epsilon(network, -1.0)(x, looped.nonzero().T), plain),
            "normalised_difference": difference(by_matrices(network, x, normalised, normalised), plain),
            "mean_difference": difference(by_matrices(network, x, mean, mean), plain),
        }


def random_graph(generator: torch.Generator) -> Tensor:
    """Return the adjacency matrix `[N, N]` of a ring with random chords: symmetric, without self-loops."""
    ring = torch.eye(NODES, dtype=torch.float64).roll(1, dims=0)
    chords = (torch.rand(NODES, NODES, generator=generator, dtype=torch.float64) < 0.2).to(ring.dtype).triu(1)
    return ((ring + ring.T + chords + chords.T) > 0).to(ring.dtype).fill_diagonal_(0)


def by_messages(network: GraphIsomorphismNetwork, x: Tensor, edges: Tensor) -> Tensor:
    """Return the outputs `[N, G]` of two rounds of message passing."""
    source, target = edges

    def step(layer: GINLayer, x: Tensor) -> Tensor:
        arrived = SumAggregation()(x[source], target, len(x))
        return layer.mlp(x + layer.epsilon * x + arrived)

    return step(network.last, torch.relu(step(network.first, x)))


def by_matrices(network: GraphIsomorphismNetwork, x: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Return the outputs `[N, G]` with these matrices `[N, N]` for the two aggregations."""
    return network.last.mlp(last @ torch.relu(network.first.mlp(first @ x)))


def _with_epsilon(network: GraphIsomorphismNetwork, value: float) -> GraphIsomorphismNetwork:
    network.first.epsilon.fill_(value)
    network.last.epsilon.fill_(value)
    return network
