"""Exact relation: a simplified graph convolution of K steps is a graph convolutional network of K linear layers.

Source: Wu et al. 2019 (wu2019simplifying); Kipf & Welling, eq. 2 (kipf2016semi).

Method: the maps of a GCN of three layers are random. Without its units it is compared with a simplified graph
convolution of three steps, whose map is the product of the three. Conversely, a simplified graph convolution is written
into a GCN that keeps its units: every feature is carried by two of them, as relu(a) and relu(-a), whose difference is
a.

Measures:
    linear_gcn_error: relative difference of the GCN without its units and the simplified graph convolution.
    paired_units_error: of a GCN with pairs of units and the simplified graph convolution.
    units_difference: of the GCN with its units and the simplified graph convolution.
    fewer_steps_difference: of the GCN without its units and a simplified graph convolution of two steps.
"""

import torch
from torch import Tensor

from implementations.architectures.graph.gcn import GCN
from implementations.architectures.graph.simplified_graph_convolution import SimplifiedGraphConvolution
from implementations.claims.agreement import difference

NODES, EDGES, WIDTHS = 8, 14, (5, 6, 4, 3)
STEPS = len(WIDTHS) - 1


def run(seed: int) -> dict[str, float]:
    """Compare simplified graph convolutions with graph convolutional networks.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, WIDTHS[0], generator=generator, dtype=torch.float64)
    edges = torch.randint(0, NODES, (2, EDGES), generator=generator)
    edges = edges[:, edges[0] != edges[1]]
    gcn = GCN(in_features=WIDTHS[0], hidden=WIDTHS[1:-1], out_features=WIDTHS[-1]).double()
    with torch.no_grad():
        for linear in gcn.maps:
            linear.weight.copy_(torch.randn(linear.weight.shape, generator=generator, dtype=torch.float64))
        first, second, third = (linear.weight for linear in gcn.maps)
        weight = third @ second @ first
        linear_gcn = without_units(gcn, x, edges)
        simplified = simplify(weight, STEPS)(x, edges)
        return {
            "linear_gcn_error": difference(linear_gcn, simplified),
            "paired_units_error": difference(with_pairs(weight)(x, edges), simplified),
            "units_difference": difference(gcn(x, edges), simplified),
            "fewer_steps_difference": difference(linear_gcn, simplify(weight, STEPS - 1)(x, edges)),
        }


def simplify(weight: Tensor, steps: int) -> SimplifiedGraphConvolution:
    """Return the simplified graph convolution with this map `[G, F]` and no bias."""
    network = SimplifiedGraphConvolution(in_features=WIDTHS[0], out_features=WIDTHS[-1], steps=steps).double()
    network.linear.weight.copy_(weight)
    network.linear.bias.zero_()
    return network


def without_units(gcn: GCN, x: Tensor, edges: Tensor) -> Tensor:
    """Return the output `[N, G]` of a GCN whose layers have no rectified linear units between them."""
    for linear, bias in zip(gcn.maps, gcn.biases, strict=True):
        x = gcn.aggregate(linear(x), edges) + bias
    return x


def with_pairs(weight: Tensor) -> GCN:
    """Return a GCN with rectified linear units that computes a simplified graph convolution with map `[G, F]`."""
    size = weight.shape[1]
    gcn = GCN(in_features=size, hidden=[2 * size] * (STEPS - 1), out_features=len(weight)).double()
    split = torch.cat([torch.eye(size), -torch.eye(size)]).to(weight.dtype)  # a -> (a, -a)
    join = split.T  # (relu(a), relu(-a)) -> a
    for layer, linear in enumerate(gcn.maps):
        before = join if layer > 0 else torch.eye(size, dtype=weight.dtype)
        after = split if layer < STEPS - 1 else weight
        linear.weight.copy_(after @ before)
    return gcn
