"""Exact checks of the message passing network."""

import torch

from implementations.architectures.graph.message_passing_network import GatedReadout
from implementations.claims.agreement import difference


def gated_readout_written_out(generator: torch.Generator) -> float:
    """Return the difference of the gated sum from a sum node by node, for a batch of two graphs."""
    readout = GatedReadout(width=4, in_features=3, out_features=2).double()
    h, x = (torch.randn(5, size, generator=generator, dtype=torch.float64) for size in (4, 3))
    graph, expected = [0, 0, 1, 0, 1], [torch.zeros(2).double(), torch.zeros(2).double()]
    for node, number in enumerate(graph):
        pre_activation = readout.gate.weight @ torch.cat([h[node], x[node]]) + readout.gate.bias
        term = (readout.value.weight @ h[node] + readout.value.bias) / (1 + torch.exp(-pre_activation))
        expected[number] = expected[number] + term
    return difference(readout(h, x, torch.tensor(graph), 2), torch.stack(expected))
