"""Exact checks of pair aggregation: pair by pair, and as sums over neighbours in the graph of all pairs."""

from itertools import combinations

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.pair_aggregation import PairAggregation

LINKS = torch.tensor([[0, 1, 2, 2], [1, 2, 0, 3]])  # a triangle with a tail, and an isolated node
EDGES = torch.cat([LINKS, LINKS.flip(0)], 1)


def _pairs(generator: torch.Generator) -> Tensor:
    h = torch.randn(5, 5, 3, generator=generator, dtype=torch.float64)
    return h + h.transpose(0, 1)


def pair_by_pair(generator: torch.Generator) -> float:
    """Return the difference between all sums and those of one pair after the other, over its list of neighbours."""
    h = _pairs(generator)
    neighbours = {node: EDGES[0, EDGES[1] == node].tolist() for node in range(5)}
    expected = torch.zeros_like(h)
    for u, v in combinations(range(5), 2):
        near = [h[w, v] for w in neighbours[u] if w != v] + [h[u, w] for w in neighbours[v] if w != u]
        expected[u, v] = expected[v, u] = sum(near, torch.zeros(3, dtype=torch.float64))
    return difference(PairAggregation()(h, EDGES), expected)


def it_is_aggregation_in_the_graph_of_pairs(generator: torch.Generator) -> float:
    """Return the difference from a product with the adjacency matrix of the graph whose nodes are sets of two nodes.

    Two sets are joined if they share a node, and their other nodes are joined.
    """
    h = _pairs(generator)
    sets = list(combinations(range(5), 2))
    joined = {tuple(edge) for edge in EDGES.T.tolist()}
    matrix = torch.zeros(len(sets), len(sets), dtype=torch.float64)
    for row, first in enumerate(sets):
        for column, second in enumerate(sets):
            apart = tuple(set(first) - set(second)), tuple(set(second) - set(first))
            matrix[row, column] = len(apart[0]) == 1 and (apart[0][0], apart[1][0]) in joined
    rows, columns = torch.tensor(sets).T
    return difference(PairAggregation()(h, EDGES)[rows, columns], matrix @ h[rows, columns])
