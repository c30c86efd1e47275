"""Exact relation: a recurrent network is T rounds of a graph network on a chain of T steps.

Source: the lecture's taxonomy, S24 and S25; Battaglia et al. 2018, Table 1 (battaglia2018relational), where
the entities of a recurrent layer are time steps and their relations are sequential.

Method: every step of the sequence is a node with features [x_t, h_t], with h_t = 0 at first; an edge leads from each
step to the next. The weights of a recurrent network are written into a graph network block: its edge function returns U
h of the sender, its node function f(W x_t + b + m) of the message m. The block is applied T times to all nodes at once.
Its edge function stays a network of rectified linear units, which passes a number on as relu(a) - relu(-a); the
non-linearity of its node function is that of the recurrent network.

Measures:
    tanh_error, relu_error: relative difference of the outputs of all steps, for the two activations.
    reversed_chain_difference: of the tanh network, when the edges point from later to earlier steps.
    shortcut_difference: with one more edge, from the first step to the last.
    half_the_rounds_difference: after T / 2 rounds: the later steps do not depend on the first ones yet.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

STEPS, INPUTS, UNITS = 6, 3, 5
MODULES = {"tanh": nn.Tanh, "relu": nn.ReLU}


def run(seed: int) -> dict[str, float]:
    """Run recurrent networks as graph networks, on the chain and on other graphs.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(STEPS, INPUTS, generator=generator, dtype=torch.float64)
    steps = torch.arange(STEPS)
    chain = torch.stack([steps[:-1], steps[1:]])
    shortcut = torch.cat([chain, torch.tensor([[0], [STEPS - 1]])], dim=1)
    with torch.no_grad():
        nonlinear, kinked = (_drawn(activation, generator) for activation in MODULES)
        states = nonlinear(x[None]).y[0]
        return {
            "tanh_error": difference(on_graph(nonlinear, "tanh", x, chain), states),
            "relu_error": difference(on_graph(kinked, "relu", x, chain), kinked(x[None]).y[0]),
            "reversed_chain_difference": difference(on_graph(nonlinear, "tanh", x, chain.flip(0)), states),
            "shortcut_difference": difference(on_graph(nonlinear, "tanh", x, shortcut), states),
            "half_the_rounds_difference": difference(on_graph(nonlinear, "tanh", x, chain, STEPS // 2), states),
        }


def on_graph(network: RecurrentNetwork, activation: str, x: Tensor, edges: Tensor, rounds: int = STEPS) -> Tensor:
    """Return the outputs of all nodes `[T, G]` after some rounds of message passing.

    Args:
        network: The recurrent network whose weights are used.
        activation: The name of its non-linearity.
        x: Inputs, as features of the nodes, `[T, F]`.
        edges: Senders and receivers, `[2, E]`.
        rounds: How often the block is applied.
    """
    block = as_block(network, activation)
    h = x.new_zeros(len(x), UNITS)
    of_edges, of_graph = x.new_zeros(edges.shape[1], 1), x.new_zeros(1, 1)
    for _ in range(rounds):
        h = block(torch.cat([x, h], dim=1), edges, of_edges, of_graph).x
    return network.read_out(h)


def as_block(network: RecurrentNetwork, activation: str) -> GraphNetwork:
    """Return the graph network block that does one transition at every node."""
    block = GraphNetwork(
        node_features=INPUTS + UNITS,
        edge_features=1,
        global_features=1,
        out_features=[UNITS, UNITS, 1],
        hidden=2 * UNITS,
    ).double()
    for parameter in block.parameters():
        parameter.zero_()
    identity = torch.eye(UNITS, dtype=torch.float64)
    first, _, last = block.edge_update  # sizes of edge, receiver's x and h, sender's x and h, and graph
    first.weight[:, -1 - UNITS : -1] = torch.cat([network.recurrent.weight, -network.recurrent.weight])
    last.weight.copy_(torch.cat([identity, -identity], dim=1))
    first, _, last = block.node_update  # sizes of message, x, h, and graph
    first.weight[:UNITS, : UNITS + INPUTS] = torch.cat([identity, network.input.weight], dim=1)
    first.bias[:UNITS] = network.input.bias
    last.weight[:, :UNITS] = identity
    block.node_update[1] = MODULES[activation]()
    return block


def _drawn(activation: str, generator: torch.Generator) -> RecurrentNetwork:
    """Return a recurrent network with normally distributed weights of variance 1 / fan-in."""
    network = RecurrentNetwork(in_features=INPUTS, units=UNITS, activation=activation).double()
    for parameter in network.parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        parameter.copy_(noise / parameter.shape[-1] ** 0.5)
    return network
