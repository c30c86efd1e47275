"""Exact relation: GraphSAGE on the complete graph is Equivariant Deep Sets with means.

Source: Zaheer et al. 2017, Lemma 3 (zaheer2017deep); Hamilton, Ying & Leskovec 2017 (hamilton2017inductive).

Method: a random GraphSAGE of three layers. Deep Sets gets its matrices: that of the neighbours' mean for the common
part, and that of a node for its own. Without self-loops the mean of the n - 1 others is (n mean - x) / (n - 1), so
that the common part gets n / (n - 1) times the first matrix, and the own part 1 / (n - 1) times it less.

Measures:
    agreement_error: difference of the outputs on the complete graph with self-loops.
    no_self_loops_error: on the complete graph without self-loops, with the other matrices.
    same_weights_difference: on the complete graph without self-loops, with the same matrices.
    ring_difference: on a ring with self-loops, with the same matrices.
    more_nodes_difference: without self-loops and with two more nodes, with the matrices for the smaller number.
"""

import torch
from torch import Tensor

from implementations.architectures.graph.graph_sage import GraphSAGE
from implementations.architectures.set.equivariant_deep_sets import EquivariantDeepSets
from implementations.claims.agreement import difference

NODES, MORE, FEATURES, HIDDEN, OUTPUTS, LAYERS = 6, 8, 5, 7, 3, 3


def run(seed: int) -> dict[str, float]:
    """Run GraphSAGE on several graphs, and Deep Sets on the nodes.

    Args:
        seed: Seed of weights and features.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = GraphSAGE(in_features=FEATURES, hidden=[HIDDEN] * (LAYERS - 1), out_features=OUTPUTS).double()
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    many = torch.randn(MORE, FEATURES, generator=generator, dtype=torch.float64)
    x = many[:NODES]
    edges, more = complete(NODES), complete(MORE)
    ring = edges[:, ((edges[0] - edges[1] + 1) % NODES) <= 2]  # from both neighbours and the node itself
    others, more_others = (each[:, each[0] != each[1]] for each in (edges, more))
    with torch.no_grad():
        same, adapted = as_sets(network), as_sets(network, NODES)
        expected = same(x[None])[0]
        return {
            "agreement_error": difference(network(x, edges), expected),
            "no_self_loops_error": difference(network(x, others), adapted(x[None])[0]),
            "same_weights_difference": difference(network(x, others), expected),
            "ring_difference": difference(network(x, ring), expected),
            "more_nodes_difference": difference(network(many, more_others), adapted(many[None])[0]),
        }


def complete(nodes: int) -> Tensor:
    """Return all edges, with self-loops."""
    return torch.cartesian_prod(torch.arange(nodes), torch.arange(nodes)).T


def as_sets(network: GraphSAGE, others_of: int = 0) -> EquivariantDeepSets:
    """Return Deep Sets with the matrices of a network; for means over the others, those for a number of nodes."""
    sets = EquivariantDeepSets(in_features=FEATURES, hidden=HIDDEN, out_features=OUTPUTS, layers=LAYERS).double()
    share = 1 / (others_of - 1) if others_of else 0.0  # how often a node is taken out of the mean of all
    for layer, source in zip(sets.layers[::2], network.layers, strict=True):
        neighbours = source.neighbours.weight
        layer.common.load_state_dict({"weight": (1 + share) * neighbours})
        layer.own.load_state_dict({"weight": source.self.weight - share * neighbours, "bias": source.neighbours.bias})
    return sets
