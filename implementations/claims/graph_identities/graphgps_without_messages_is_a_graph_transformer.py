"""Exact relation: GraphGPS whose branch of messages is closed is a Graph Transformer on the complete graph.

Source: Rampasek et al. 2022 (rampasek2022recipe); Dwivedi & Bresson 2021 (dwivedi2020generalization).

Method: a random GraphGPS without position codes and without biases on queries, keys and values, at inference, on a
path of nodes. The normalisation after the messages gets weights and biases of zero, so that only attention is left. Its
other weights are copied into a Graph Transformer with batch normalisation, which runs on the complete graph with
self-loops. Then the normalisation after the attention is closed in place of the other, and the last node is watched
while the features of the first change, which is more steps away than there are layers.

Measures:
    attention_error: relative difference of the outputs from the Graph Transformer's, without messages.
    graph_error: without messages, the effect of closing the path to a ring, relative to the outputs.
    far_error: without attention, the effect of the first node on the last, relative to the outputs.
    both_difference: difference of the outputs from the Graph Transformer's, with both branches.
    graph_difference: without attention, the effect of closing the path to a ring.
    far_difference: with both branches, the effect of the first node on the last.
"""

import torch

from implementations.architectures.graph.graph_gps import GraphGPS
from implementations.architectures.graph.graph_transformer import GraphTransformer
from implementations.claims.agreement import difference

NODES, FEATURES, WIDTH, HEADS, LAYERS = 7, 5, 8, 2, 2


def run(seed: int) -> dict[str, float]:
    """Close one branch and then the other.

    Args:
        seed: Seed of weights, features and edges.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = drawn(generator)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    other = torch.cat([torch.randn(1, FEATURES, generator=generator, dtype=torch.float64), x[1:]])
    nodes = torch.arange(NODES)
    complete = torch.cartesian_prod(nodes, nodes).T
    forwards = torch.stack([nodes, nodes.roll(-1)])
    ring = torch.cat([forwards, forwards.flip(0)], 1)
    path = ring[:, (ring[0] - ring[1]).abs() == 1]
    with torch.no_grad():
        attending = as_graph_transformer(network)(x, complete)
        both, both_of_other = network(x, path), network(other, path)
        weights = {name: value.clone() for name, value in network.state_dict().items()}
        close(network, "local_norm")
        of_attention, on_a_ring = network(x, path), network(x, ring)
        network.load_state_dict(weights)
        close(network, "attention_norm")
        of_messages, of_other = network(x, path), network(other, path)
        return {
            "attention_error": difference(of_attention, attending),
            "graph_error": difference(on_a_ring, of_attention),
            "far_error": difference(of_other[-1], of_messages[-1]),
            "both_difference": difference(both, attending),
            "graph_difference": difference(network(x, ring), of_messages),
            "far_difference": difference(both_of_other[-1], both[-1]),
        }


def drawn(generator: torch.Generator) -> GraphGPS:
    """Return a network with random weights, no position codes, and no biases on queries, keys and values."""
    network = GraphGPS(in_features=FEATURES, width=WIDTH, heads=HEADS, layers=LAYERS).double().eval()
    for name, parameter in network.named_parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        if "position" in name or name.endswith(("query.bias", "key.bias", "value.bias")):
            parameter.data.zero_()
    return network


def close(network: GraphGPS, norm: str) -> None:
    """Make a branch of all layers zero by the normalisation behind it."""
    for layer in network.layers:
        for parameter in layer.get_submodule(norm).parameters():
            parameter.zero_()


def as_graph_transformer(network: GraphGPS) -> GraphTransformer:
    """Return the Graph Transformer with the weights of a network, without those of its messages."""
    made = GraphTransformer(in_features=FEATURES, width=WIDTH, heads=HEADS, layers=LAYERS).double().eval()
    given = network.state_dict()
    names = {name: name.replace("feed_forward_norm", "norm") for name in made.state_dict()}
    made.load_state_dict({name: given[source] for name, source in names.items()})
    return made
