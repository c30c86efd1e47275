"""Exact relation: an interaction network is a graph network block whose feature of the graph is zero.

Source: Battaglia et al. 2018 (battaglia2018relational); Battaglia et al. 2016 (battaglia2016interaction).

Method: nodes of the block have the object and the external effects on it as features. The weights of a random
interaction network are written into the block: the network for relations becomes the edge function, with zeros for
external effects, and the network for objects the node function. Weights for the feature of the graph are random and
have no effect where this feature is zero.

Measures:
    agreement_error: relative difference of the new features of the nodes and the predictions.
    global_difference: with a non-zero feature of the graph.
    external_difference: where the edge function sees external effects too.
    reversed_relations_difference: with senders and receivers exchanged.
"""

import torch

from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.architectures.graph.interaction_network import InteractionNetwork
from implementations.claims.agreement import difference

FEATURES, ATTRIBUTES, EXTERNAL, EFFECTS, HIDDEN, OUTPUTS = 4, 3, 2, 6, 8, 2


def run(seed: int) -> dict[str, float]:
    """Run an interaction network as a graph network block.

    Args:
        seed: Seed of relations, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = InteractionNetwork(
        in_features=FEATURES, edge_features=ATTRIBUTES, external_features=EXTERNAL, effects=EFFECTS, hidden=HIDDEN
    ).double()
    inputs = network.example_inputs(generator)
    x, external, e = (inputs[name].double() for name in ("x", "external", "e"))
    edges, nothing = inputs["edge_index"], x.new_zeros(1, 1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        block, both = as_block(network, generator), torch.cat([x, external], 1)
        sees_effects = as_block(network, generator, sees_effects=True)
        expected = network(x, edges, e, external)
        return {
            "agreement_error": difference(block(both, edges, e, nothing).x, expected),
            "global_difference": difference(block(both, edges, e, nothing + 1).x, expected),
            "external_difference": difference(sees_effects(both, edges, e, nothing).x, expected),
            "reversed_relations_difference": difference(block(both, edges.flip(0), e, nothing).x, expected),
        }


def as_block(network: InteractionNetwork, generator: torch.Generator, sees_effects: bool = False) -> GraphNetwork:
    """Return the block with the two networks as its functions, and random weights for the graph.

    Args:
        network: The interaction network.
        generator: Source of all other weights.
        sees_effects: Whether the edge function sees external effects, with random weights.
    """
    block = GraphNetwork(
        node_features=FEATURES + EXTERNAL,
        edge_features=ATTRIBUTES,
        global_features=1,
        out_features=[OUTPUTS, EFFECTS, 1],
        hidden=HIDDEN,
    ).double()
    for parameter in block.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    for ours, theirs in ((block.edge_update, network.relation_model), (block.node_update, network.object_model)):
        ours[0].bias.copy_(theirs[0].bias)
        ours[2].load_state_dict(theirs[2].state_dict())
    receiver, sender, attributes = network.relation_model[0].weight.split((FEATURES, FEATURES, ATTRIBUTES), 1)
    of_edge = block.edge_update[0].weight  # sizes of edge, receiver, sender and graph
    if not sees_effects:
        of_edge[:, :-1] = 0
    of_edge[:, :ATTRIBUTES] = attributes
    of_edge[:, ATTRIBUTES : ATTRIBUTES + FEATURES] = receiver
    of_edge[:, ATTRIBUTES + FEATURES + EXTERNAL :][:, :FEATURES] = sender
    own, arriving = network.object_model[0].weight.split((FEATURES + EXTERNAL, EFFECTS), 1)
    block.node_update[0].weight[:, :-1] = torch.cat([arriving, own], 1)  # sizes of message, node and graph
    return block
