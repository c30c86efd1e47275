"""Exact checks of the graph convolutional network with Laplacian codes: without codes, and on graphs with the same."""

import torch

from implementations.architectures.graph.gcn import GCN
from implementations.architectures.graph.laplacian_encoded_network import LaplacianEncodedNetwork
from implementations.claims.agreement import difference


@torch.no_grad()
def _both(net: LaplacianEncodedNetwork) -> GCN:
    """Return the graph convolutional network whose layers have the weights of another network."""
    plain = GCN(in_features=8, hidden=[8], out_features=3).double()
    plain.load_state_dict(
        {name: value for name, value in net.state_dict().items() if name.startswith(("maps", "bias"))}
    )
    return plain


@torch.no_grad()
def without_codes_it_is_a_gcn(generator: torch.Generator) -> float:
    """Return the difference of a network whose map of the codes is zero from a GCN on embedded features."""
    net = LaplacianEncodedNetwork().double()
    for parameter in net.position.parameters():
        parameter.zero_()
    inputs = net.example_inputs(generator)
    x, edges = inputs["x"].double(), inputs["edge_index"]
    return difference(net(x, edges), _both(net)(net.embedding(x), edges))


@torch.no_grad()
def codes_are_features(generator: torch.Generator) -> float:
    """Return the difference from a GCN that gets the mapped codes as a part of its input."""
    net = LaplacianEncodedNetwork().double()
    inputs = net.example_inputs(generator)
    x, edges = inputs["x"].double(), inputs["edge_index"]
    features = torch.cat([x, net.position.code(edges, len(x))], 1)
    matrix = torch.cat([net.embedding.weight, net.position.map.weight], 1)
    embedded = features @ matrix.T + net.embedding.bias + net.position.map.bias
    return difference(net(x, edges), _both(net)(embedded, edges))
