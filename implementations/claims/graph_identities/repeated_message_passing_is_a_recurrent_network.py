"""Exact relation: message passing that is repeated with the same weights is a recurrent network over its rounds.

Source: the lecture, S24; Scarselli et al. 2009 (scarselli2009graph), who iterate one transition of all nodes.

Method: a random step of message passing is applied four times on a random directed graph. The concatenated states of
all nodes are the state of one recurrent network with rectified linear units and no input. Its recurrent matrix follows
from the weights and the graph, with a block for each pair of nodes. A diagonal block has the weights from a node to
itself, in its update and in the messages that it gets; a block of an edge has the weights of the sender.

Measures:
    agreement_error: relative difference of all nodes after each of the four rounds and the states of four steps.
    other_graph_difference: with the edges reversed.
    untied_difference: where the last round has weights of its own.
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference
from implementations.concepts.component.message_passing import MessagePassing

NODES, EDGES, FEATURES, ROUNDS = 6, 10, 3, 4


def run(seed: int) -> dict[str, float]:
    """Repeat message passing, and run a recurrent network with the same weights.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    edges = torch.randint(0, NODES, (2, EDGES), generator=generator)
    with torch.no_grad():
        step, other = (_drawn(generator) for _ in range(2))
        states = unrolled(step, x, edges)
        return {
            "agreement_error": difference(states, repeated([step] * ROUNDS, x, edges)),
            "other_graph_difference": difference(unrolled(step, x, edges.flip(0)), states),
            "untied_difference": difference(states, repeated([*[step] * (ROUNDS - 1), other], x, edges)),
        }


def repeated(steps: list[MessagePassing], x: Tensor, edges: Tensor) -> Tensor:
    """Return the nodes after each step, `[T, N, F]`."""
    states = []
    for step in steps:
        x = step(x, edges)
        states.append(x)
    return torch.stack(states)


def unrolled(step: MessagePassing, x: Tensor, edges: Tensor) -> Tensor:
    """Return the states of the recurrent network that starts from the nodes, `[T, N, F]`."""
    network = as_recurrent(step, edges)
    silence = x.new_zeros(1, ROUNDS, 1)
    return network(silence, x.flatten()[None]).y.unflatten(2, (NODES, FEATURES))[0]


def as_recurrent(step: MessagePassing, edges: Tensor) -> RecurrentNetwork:
    """Return the recurrent network with a unit for each feature of each node."""
    size = NODES * FEATURES
    network = RecurrentNetwork(in_features=1, units=size, out_features=size, activation="relu").double()
    keep, take = step.update.weight.split(FEATURES, dim=1)
    of_receiver, of_sender = step.message.weight.split(FEATURES, dim=1)
    identity = torch.eye(NODES, dtype=torch.float64)
    arrivals = torch.zeros_like(identity).index_put((edges[1], edges[0]), identity.new_ones(1), accumulate=True)
    degree = arrivals.sum(1)  # number of messages that a node gets
    network.recurrent.weight.copy_(
        torch.kron(identity, keep)
        + torch.kron(degree.diag(), take @ of_receiver)
        + torch.kron(arrivals, take @ of_sender)
    )
    network.input.weight.zero_()
    network.input.bias.copy_((step.update.bias + degree[:, None] * (take @ step.message.bias)).flatten())
    network.read_out.weight.copy_(torch.eye(size))
    network.read_out.bias.zero_()
    return network


def _drawn(generator: torch.Generator) -> MessagePassing:
    """Return a step with normally distributed weights of variance 1 / fan-in."""
    step = MessagePassing(features=FEATURES).double()
    for parameter in step.parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        parameter.copy_(noise / parameter.shape[-1] ** 0.5)
    return step
