"""Exact relation: message passing is a graph network block whose features of edges and of the graph are zero.

Source: Battaglia et al. 2018, sec. 4.2.1 (battaglia2018relational); Gilmer et al. 2017, eq. 1 and 2
(gilmer2017neural).

Method: the weights of a random step of message passing are written into a graph network block: its edge function
returns the message, its node function the update. Messages are linear, and so are passed through the hidden layer of
the edge function as relu(a) - relu(-a). The weights for features of edges and of the graph are random. They have no
effect as long as these features are zero.

Measures:
    agreement_error: relative difference of the new features of the nodes.
    global_difference: with a non-zero feature of the graph.
    edge_features_difference: with non-zero features of the edges.
    reversed_edges_difference: with all edges reversed.
"""

import torch

from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.claims.agreement import difference
from implementations.concepts.component.message_passing import MessagePassing

NODES, EDGES, FEATURES = 7, 12, 4


def run(seed: int) -> dict[str, float]:
    """Run a step of message passing as a graph network block.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    edges = torch.randint(0, NODES, (2, EDGES), generator=generator)
    step = MessagePassing(features=FEATURES).double()
    with torch.no_grad():
        for parameter in step.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(noise / parameter.shape[-1] ** 0.5)
        block = as_block(step, generator)
        of_edges, of_graph = x.new_zeros(EDGES, 1), x.new_zeros(1, 1)
        expected = step(x, edges)
        return {
            "agreement_error": difference(block(x, edges, of_edges, of_graph).x, expected),
            "global_difference": difference(block(x, edges, of_edges, of_graph + 1).x, expected),
            "edge_features_difference": difference(block(x, edges, of_edges + 1, of_graph).x, expected),
            "reversed_edges_difference": difference(block(x, edges.flip(0), of_edges, of_graph).x, expected),
        }


def as_block(step: MessagePassing, generator: torch.Generator) -> GraphNetwork:
    """Return the block with this message and update, and random weights for features of edges and graph."""
    block = GraphNetwork(
        node_features=FEATURES,
        edge_features=1,
        global_features=1,
        out_features=[FEATURES, FEATURES, 1],
        hidden=2 * FEATURES,
    ).double()
    for parameter in block.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    identity = torch.eye(FEATURES, dtype=torch.float64)
    first, _, last = block.edge_update  # sizes of edge, receiver, sender and graph
    first.weight[:, 1:-1] = torch.cat([step.message.weight, -step.message.weight])
    first.bias.copy_(torch.cat([step.message.bias, -step.message.bias]))
    last.weight.copy_(torch.cat([identity, -identity], dim=1))
    last.bias.zero_()
    first, _, last = block.node_update  # sizes of message, node and graph
    from_node, from_messages = step.update.weight.split(FEATURES, dim=1)
    first.weight[:FEATURES, :-1] = torch.cat([from_messages, from_node], dim=1)
    first.bias[:FEATURES] = step.update.bias
    last.weight.copy_(torch.cat([identity, torch.zeros_like(identity)], dim=1))
    last.bias.zero_()
    return block
