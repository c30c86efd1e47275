"""Exact relation: the rounds of a message passing network are one graph network block, applied again and again.

Source: Battaglia et al. 2018, sec. 4.2.1 (battaglia2018relational); Gilmer et al. 2017, eq. 1 and 2
(gilmer2017neural).

Method: the functions of a random message passing network replace those of a block: the edge function is the matrix of
the edge times the sender, the node function the gated recurrent unit. The block is applied to the padded features as
often as there are rounds, each time with the original features of the edges.

Measures:
    agreement_error: relative difference of the states of the nodes after the last round.
    rounds_difference: with one block less.
    edges_difference: where the next block gets the edges that the last one has updated.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.architectures.graph.message_passing_network import MessagePassingNetwork
from implementations.claims.agreement import difference
from implementations.claims.function import Function

FEATURES, WIDTH, ROUNDS = 4, 6, 3


def run(seed: int) -> dict[str, float]:
    """Run the rounds of a message passing network as graph network blocks.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = MessagePassingNetwork(in_features=FEATURES, edge_features=WIDTH, width=WIDTH, rounds=ROUNDS).double()
    inputs = network.example_inputs(generator)
    x, e = inputs["x"].double(), inputs["e"].double()
    with torch.no_grad():
        for parameter in network.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(noise / parameter.shape[-1] ** 0.5)
        expected = network(x, inputs["edge_index"], e, inputs["graph"]).h
        states = repeated(network, F.pad(x, (0, WIDTH - FEATURES)), inputs["edge_index"], e)
        renewed = repeated(network, F.pad(x, (0, WIDTH - FEATURES)), inputs["edge_index"], e, renew=True)
    return {
        "agreement_error": difference(states[-1], expected),
        "rounds_difference": difference(states[-2], expected),
        "edges_difference": difference(renewed[-1], expected),
    }


def repeated(
    network: MessagePassingNetwork, h: Tensor, edges: Tensor, e: Tensor, *, renew: bool = False
) -> list[Tensor]:
    """Return the states of the nodes after each of the blocks."""
    block = GraphNetwork(node_features=WIDTH, edge_features=WIDTH, global_features=1).double()
    block.edge_update = Function(lambda parts: _messages(network, *parts[:, :-1].split(WIDTH, 1)))
    block.node_update = Function(lambda parts: network.update(*parts[:, :-1].split(WIDTH, 1)))
    block.global_update = Function(lambda parts: parts[:, :1])
    states = []
    for _ in range(ROUNDS):
        result = block(h, edges, e, h.new_zeros(1, 1))
        h, e = result.x, result.e if renew else e
        states.append(h)
    return states


def _messages(network: MessagePassingNetwork, e: Tensor, _: Tensor, sender: Tensor) -> Tensor:
    """Return the matrix of every edge times the state of its sender."""
    matrices = network.edge_network(e).unflatten(1, (WIDTH, WIDTH))
    return (matrices @ sender[:, :, None]).squeeze(2)
