"""Exact relation: a non-local block is a graph network block whose nodes are positions, all of them joined.

Source: Battaglia et al. 2018 (battaglia2018relational); Wang et al. 2018 (wang2018nonlocal).

Method: the positions of a random feature map are the nodes of a graph with an edge from every position to every
position, itself included. The edge function returns two things, the exponential of the comparison of both ends, and the
sender's value times this exponential. Both are added up at the receiver, where the node function divides the second sum
by the first, maps the quotient and adds it to the features of the node.

Measures:
    agreement_error: relative difference of the new features of the nodes and the output of the block.
    dot_product_error: the same for comparisons without exponentials, divided by the number of positions.
    neighbours_difference: where positions are joined with their neighbours only.
    unnormalised_difference: where the second sum is not divided by the first.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.claims.agreement import difference
from implementations.claims.function import Function
from implementations.concepts.attention_mechanism.non_local_block import NonLocalBlock

CHANNELS, BOTTLENECK, HEIGHT, WIDTH = 6, 3, 4, 3
POSITIONS = HEIGHT * WIDTH


def run(seed: int) -> dict[str, float]:
    """Run non-local blocks as graph network blocks.

    Args:
        seed: Seed of feature map and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(1, CHANNELS, HEIGHT, WIDTH, generator=generator, dtype=torch.float64)
    gaussian, product = (_random(pairwise, generator) for pairwise in ("embedded-gaussian", "dot-product"))
    everywhere = torch.cartesian_prod(torch.arange(POSITIONS), torch.arange(POSITIONS)).T
    near = everywhere[:, (everywhere[0] - everywhere[1]).abs() <= 1]
    with torch.no_grad():
        nodes, expected = x.flatten(2)[0].T, gaussian(x).flatten(2)[0].T
        ratio = as_graph(gaussian, torch.exp, lambda total: total)
        return {
            "agreement_error": difference(ratio(nodes, everywhere), expected),
            "dot_product_error": difference(
                as_graph(product, lambda score: score, lambda _: POSITIONS)(nodes, everywhere),
                product(x).flatten(2)[0].T,
            ),
            "neighbours_difference": difference(ratio(nodes, near), expected),
            "unnormalised_difference": difference(
                as_graph(gaussian, torch.exp, lambda _: 1)(nodes, everywhere), expected
            ),
        }


def _random(pairwise: str, generator: torch.Generator) -> NonLocalBlock:
    block = NonLocalBlock(channels=CHANNELS, bottleneck=BOTTLENECK, pairwise=pairwise).double()
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
    return block


def as_graph(
    block: NonLocalBlock, compare: Callable[[Tensor], Tensor], divisor: Callable[[Tensor], Tensor | int]
) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the block as a function of the nodes `[N, C]` and edges of a graph.

    Args:
        block: The block whose maps are used.
        compare: Function of the product of both ends.
        divisor: Function of the sum of all comparisons of a node, whose value is the divisor.
    """

    def edges(parts: Tensor) -> Tensor:
        _, receiver, sender, _ = parts.split((1, CHANNELS, CHANNELS, 1), 1)
        weight = compare((_apply(block.theta, receiver) * _apply(block.phi, sender)).sum(1, keepdim=True))
        return torch.cat([weight, weight * _apply(block.g, sender)], 1)

    def nodes(parts: Tensor) -> Tensor:
        total, attended, own, _ = parts.split((1, BOTTLENECK, CHANNELS, 1), 1)
        return own + _apply(block.output, attended / divisor(total))

    network = GraphNetwork(node_features=CHANNELS, edge_features=1, global_features=1).double()
    network.edge_update, network.node_update = Function(edges), Function(nodes)
    network.global_update = Function(lambda parts: parts[:, :1])
    return lambda x, pairs: network(x, pairs, x.new_zeros(pairs.shape[1], 1), x.new_zeros(1, 1)).x


def _apply(convolution: torch.nn.Module, rows: Tensor) -> Tensor:
    """Apply a pointwise convolution to vectors `[N, C]`."""
    return convolution(rows[:, :, None, None])[:, :, 0, 0]
