"""Exact checks of the adaptive graph convolutional recurrent network."""

import torch
from torch import nn

from implementations.architectures.graph.adaptive_graph_recurrent_network import AdaptiveGraphRecurrentNetwork
from implementations.claims.agreement import difference


def equal_nodes_are_one_gru(generator: torch.Generator) -> float:
    """Return the difference from an ordinary gated recurrent unit, where nodes have equal embeddings and series."""
    net = _randomised(generator)
    net.embeddings.copy_(net.embeddings[:1].expand_as(net.embeddings))
    x = torch.randn(2, 5, 1, 2, generator=generator, dtype=torch.float64)
    node, cell, h = net.embeddings[0], net.cells[0], x.new_zeros(2, 3)
    gates, update = (torch.einsum("d,dkfg->fg", node, layer.pool) for layer in (cell.gates, cell.update))
    for step in x[:, :, 0].unbind(1):
        z, r = (torch.cat([step, h], 1) @ gates + node @ cell.gates.bias_pool).sigmoid().chunk(2, 1)
        h = r * h + (1 - r) * (torch.cat([step, z * h], 1) @ update + node @ cell.update.bias_pool).tanh()
    return difference(net(x.expand(2, 5, 4, 2)), net.read_out(h)[:, None].expand(2, 4, 2))


def embeddings_are_all_that_nodes_differ_in(generator: torch.Generator) -> float:
    """Return the difference between permuting nodes and embeddings, and permuting the forecasts."""
    net = _randomised(generator)
    x = torch.randn(2, 5, 4, 2, generator=generator, dtype=torch.float64)
    order = torch.tensor([2, 0, 3, 1])
    expected = net(x)[:, order]
    net.embeddings.copy_(net.embeddings[order])
    return difference(net(x[:, :, order]), expected)


def _randomised(generator: torch.Generator) -> nn.Module:
    """Return the network in float64 with weights drawn from the generator."""
    net = AdaptiveGraphRecurrentNetwork().double().requires_grad_(False)
    for parameter in net.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return net
