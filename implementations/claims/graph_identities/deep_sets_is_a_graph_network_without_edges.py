"""Exact relation: Deep Sets is a graph network on a graph without edges.

Source: Battaglia et al. 2018, sec. 4.2.3 (battaglia2018relational); Zaheer et al. 2017, Theorem 2 (zaheer2017deep).

Method: the elements of a set are the nodes of a graph without edges, and the feature of the graph is zero. The weights
of Deep Sets are written into a graph network block: phi becomes the node function, rho the function of the whole
graph, which sees the sum of the new nodes. The edge function, and the weights for sums over edges, are random: without
edges these sums are zero.

Measures:
    agreement_error: relative difference of the new feature of the graph and the output of Deep Sets.
    duplicate_error: the same for the set with its first element twice, which a sum counts twice.
    edges_difference: on a graph with edges.
    global_difference: where the feature of the graph is one instead of zero.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.architectures.set.deep_sets import DeepSets
from implementations.claims.agreement import difference

ELEMENTS, FEATURES, HIDDEN, OUTPUTS, MESSAGE = 6, 4, 8, 3, 2


def run(seed: int) -> dict[str, float]:
    """Run Deep Sets as a graph network, without edges and with edges.

    Args:
        seed: Seed of weights, elements and edges.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(ELEMENTS, FEATURES, generator=generator, dtype=torch.float64)
    twice = torch.cat([x, x[:1]])
    none = torch.zeros(2, 0, dtype=torch.long)
    some = torch.randint(0, ELEMENTS, (2, 9), generator=generator)
    network = DeepSets(in_features=FEATURES, hidden=HIDDEN, out_features=OUTPUTS).double()
    with torch.no_grad():
        for parameter in network.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(noise / parameter.shape[-1] ** 0.5)
        block = as_block(network, generator)
        expected = network(x[None])
        return {
            "agreement_error": difference(whole(block, x, none), expected),
            "duplicate_error": difference(whole(block, twice, none), network(twice[None])),
            "edges_difference": difference(whole(block, x, some), expected),
            "global_difference": difference(whole(block, x, none, feature=1.0), expected),
        }


def as_block(network: DeepSets, generator: torch.Generator) -> GraphNetwork:
    """Return the graph network block with phi for its nodes and rho for the graph; all other weights are random."""
    block = GraphNetwork(
        node_features=FEATURES,
        edge_features=1,
        global_features=1,
        out_features=[HIDDEN, MESSAGE, OUTPUTS],
        hidden=HIDDEN,
    ).double()
    for parameter in block.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    _write(network.phi, block.node_update, slice(MESSAGE, MESSAGE + FEATURES))  # sizes of message, node and graph
    _write(network.rho, block.global_update, slice(MESSAGE, MESSAGE + HIDDEN))  # sums of edges, then of nodes
    return block


def _write(network: nn.Sequential, update: nn.Sequential, inputs: slice) -> None:
    """Copy a network into an update function, for some of its inputs; the weights of the others are unchanged."""
    update[0].weight[:, inputs] = network[0].weight
    update[0].bias.copy_(network[0].bias)
    update[2].load_state_dict(network[2].state_dict())


def whole(block: GraphNetwork, x: Tensor, edges: Tensor, feature: float = 0.0) -> Tensor:
    """Return the new feature of the graph, `[1, G]`, from an old one of one number."""
    return block(x, edges, x.new_zeros(edges.shape[1], 1), x.new_full((1, 1), feature)).u
