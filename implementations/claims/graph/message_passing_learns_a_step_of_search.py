"""Experiment: a round of message passing learns a step of breadth-first search, and is then run on larger graphs.

Source: the lecture, S24; Velickovic et al. 2020 (velickovic2019neural), where networks learn the steps of algorithms on
graphs.

Method: random graphs of eight nodes; one node is reached at first, and a step reaches all neighbours of reached nodes.
An interaction network, which sees only whether each node is reached, is trained on single steps. Then it is run on its
own predictions, six times, on graphs of up to 64 nodes, and its last prediction is compared with the nodes that the
algorithm has reached. The effects that arrive at a node are combined by their maximum, as in the paper, or by their
sum.

Measures:
    right: share of nodes for which the last prediction is right, in graphs of 24 nodes with about one neighbour each.
    most_frequent: share of nodes with the more frequent label there, which is chance level.
    right_dense: as `accuracy`, for 64 nodes with about thirteen neighbours each, after one step.
    right_dense_sum: the same for a network that combines effects by their sum.
    right_blind: as `accuracy`, for a network to which no effects arrive.
    nodes: 8, 16, 24, 32, 48, 64; maximum, total: share that is right after one step, where a fifth of all pairs are
        joined.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.graph.interaction_network import InteractionNetwork
from kb.training import descend

TRAINED_NODES, TESTED_NODES, LARGEST, ROUNDS = 8, 24, 64, 6
SPARSE, DENSE = 0.05, 0.2  # shares of pairs that are joined: in large graphs, and in those for training
COUNTS = (8, 16, 24, 32, 48, 64)
STEPS, RATE, BATCH, TEST = 500, 3e-3, 32, 200


class Maximum(nn.Module):
    """The largest of the effects that arrive at a node, feature by feature; zero where none arrives."""

    def forward(self, messages: Tensor, receiver: Tensor, nodes: int) -> Tensor:
        """Return `[N, C]` from `[E, C]`."""
        index = receiver[:, None].expand_as(messages)
        return messages.new_zeros(nodes, messages.shape[1]).scatter_reduce(
            0, index, messages, "amax", include_self=False
        )


class ZeroAggregation(nn.Module):
    """No effect at all."""

    def forward(self, messages: Tensor, receiver: Tensor, nodes: int) -> Tensor:
        """Return zeros `[N, C]`."""
        return messages.new_zeros(nodes, messages.shape[1])


def run(seed: int) -> dict[str, float | list[float]]:
    """Train on single steps, and run them.

    Args:
        seed: Seed of weights and graphs.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        largest, summing, blind = (InteractionNetwork(**SIZES) for _ in range(3))
    largest.aggregate, blind.aggregate = Maximum(), ZeroAggregation()
    for network in (largest, summing, blind):
        train(network, seed)
    _, reached = followed(largest, TESTED_NODES, SPARSE, ROUNDS, seed)
    often = reached.mean().item()
    return {
        "right": accuracy(largest, TESTED_NODES, SPARSE, ROUNDS, seed),
        "most_frequent": max(often, 1 - often),
        "right_dense": accuracy(largest, LARGEST, DENSE, 1, seed),
        "right_dense_sum": accuracy(summing, LARGEST, DENSE, 1, seed),
        "right_blind": accuracy(blind, TESTED_NODES, SPARSE, ROUNDS, seed),
        "nodes": [float(nodes) for nodes in COUNTS],
        "maximum": [accuracy(largest, nodes, DENSE, 1, seed) for nodes in COUNTS],
        "total": [accuracy(summing, nodes, DENSE, 1, seed) for nodes in COUNTS],
    }


SIZES = {"in_features": 1, "edge_features": 1, "external_features": 1, "effects": 16, "hidden": 16, "out_features": 1}


def drawn(size: int, nodes: int, joined: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return which nodes are neighbours `[B, N, N]`, and the one that is reached at first `[B, N]`."""
    pairs = (torch.rand(size, nodes, nodes, generator=generator) < joined).triu(1)
    return pairs | pairs.mT, F.one_hot(torch.randint(0, nodes, (size,), generator=generator), nodes).float()


def searched(neighbours: Tensor, reached: Tensor) -> Tensor:
    """Return the nodes that are reached after a step of the algorithm."""
    return torch.maximum(reached, (neighbours * reached[:, None, :]).amax(2))


def answers(network: InteractionNetwork, neighbours: Tensor, reached: Tensor) -> Tensor:
    """Return logits of being reached after a step, `[B, N]`."""
    graph, receiver, sender = neighbours.nonzero().T
    edges = neighbours.shape[1] * graph + torch.stack([sender, receiver])  # all graphs as one
    x = reached.reshape(-1, 1)
    return network(x, edges, x.new_zeros(edges.shape[1], 1), torch.zeros_like(x)).view_as(reached)


def train(network: InteractionNetwork, seed: int) -> None:
    """Train on single steps, from the nodes that the algorithm has reached after none to three of them."""
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        neighbours, reached = drawn(BATCH, TRAINED_NODES, DENSE, generator)
        for _ in range(int(torch.randint(0, 4, (1,), generator=generator))):
            reached = searched(neighbours, reached)
        expected = searched(neighbours, reached)
        return F.binary_cross_entropy_with_logits(answers(network, neighbours, reached), expected)

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=STEPS)


@torch.no_grad()
def followed(network: InteractionNetwork, nodes: int, joined: float, rounds: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return which nodes are reached after some rounds: as predicted from own predictions, and in truth."""
    neighbours, reached = drawn(TEST, nodes, joined, torch.Generator().manual_seed(1000 + seed))
    predicted = reached
    for _ in range(rounds):
        predicted, reached = (answers(network, neighbours, predicted) > 0).float(), searched(neighbours, reached)
    return predicted, reached


def accuracy(network: InteractionNetwork, nodes: int, joined: float, rounds: int, seed: int) -> float:
    """Return the share of nodes for which the last prediction is right."""
    predicted, reached = followed(network, nodes, joined, rounds, seed)
    return (predicted == reached).float().mean().item()
