"""Exact relation: a multilayer perceptron is a graph network on its units, whose edges carry the weights.

Source: the lecture's taxonomy, S25; Battaglia et al. 2018, Table 1 (battaglia2018relational), where the
entities of a fully connected layer are units and their relations all-to-all.

Method: every unit of a random MLP is a node, with its bias and its kind (input, hidden or output) as features, and
every weight is the feature of an edge between units of consecutive layers. The edge function is weight times
activation of the sender. The node function adds the bias to the sum of messages, rectifies the result if the unit is
hidden, and leaves inputs unchanged. Neither function has parameters. After as many rounds as there are layers of
weights, the outputs are read off.

Measures:
    agreement_error: relative difference of the outputs.
    round_fewer_difference: after one round fewer.
    alike_edges_difference: where all edges carry the mean of the weights of their layer.
    missing_edge_difference: without one edge, the one with the largest effect; edges to units that are off have none.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP
from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.claims.agreement import difference

WIDTHS = (4, 6, 5, 3)
ROUNDS = len(WIDTHS) - 1


def run(seed: int) -> dict[str, float]:
    """Run an MLP unit by unit, on its own graph and on others.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    mlp = MLP(in_features=WIDTHS[0], hidden=WIDTHS[1:-1], out_features=WIDTHS[-1]).double()
    x = torch.randn(WIDTHS[0], generator=generator, dtype=torch.float64)
    with torch.no_grad():
        for parameter in mlp.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(noise / parameter.shape[-1] ** 0.5)
        edges, weights = connections(mlp)
        alike = torch.cat([layer.weight.mean().expand(layer.weight.numel()) for layer in linear_layers(mlp)])
        expected = mlp(x[None])[0]
        return {
            "agreement_error": difference(on_graph(mlp, x, edges, weights), expected),
            "round_fewer_difference": difference(on_graph(mlp, x, edges, weights, ROUNDS - 1), expected),
            "alike_edges_difference": difference(on_graph(mlp, x, edges, alike[:, None]), expected),
            "missing_edge_difference": max(
                difference(on_graph(mlp, x, edges[:, remaining], weights[remaining]), expected)
                for remaining in ~torch.eye(len(weights), dtype=torch.bool)
            ),
        }


def linear_layers(mlp: MLP) -> list[nn.Linear]:
    """Return the layers with weights."""
    return [layer for layer in mlp.layers if isinstance(layer, nn.Linear)]


def connections(mlp: MLP) -> tuple[Tensor, Tensor]:
    """Return senders and receivers `[2, E]` among the units, numbered layer by layer, and the weights `[E, 1]`."""
    units = torch.arange(sum(WIDTHS)).split(list(WIDTHS))
    edges = [torch.cartesian_prod(after, before).T.flip(0) for before, after in pairwise(units)]
    weights = [layer.weight.flatten() for layer in linear_layers(mlp)]  # row by row: receivers in order
    return torch.cat(edges, dim=1), torch.cat(weights)[:, None]


class EdgeFunction(nn.Module):
    """An edge function: the weight of the edge times the activation of its sender."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the messages `[E, 1]`, from the concatenated features of edge, receiver, sender and graph."""
        weight, _, sender, _ = inputs.split([1, 5, 5, 1], dim=1)
        return weight * sender[:, :1]


class NodeFunction(nn.Module):
    """A node function: the activation of a unit from its sum of messages, by its kind."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the activations `[N, 1]`, from the concatenated message, node and graph."""
        summed, activation, bias, is_input, is_hidden, is_output, _ = inputs.split(1, dim=1)
        excitation = summed + bias
        return is_input * activation + is_hidden * torch.relu(excitation) + is_output * excitation


def on_graph(mlp: MLP, x: Tensor, edges: Tensor, weights: Tensor, rounds: int = ROUNDS) -> Tensor:
    """Return the activations of the output units `[G]` after some rounds of message passing.

    Args:
        mlp: The network whose biases are used.
        x: Activations of the input units, `[F]`.
        edges: Senders and receivers, `[2, E]`.
        weights: Features of the edges, `[E, 1]`.
        rounds: How often the block is applied.
    """
    block = GraphNetwork(node_features=5, edge_features=1, global_features=1, out_features=[1, 1, 1]).double()
    block.edge_update, block.node_update = EdgeFunction(), NodeFunction()
    bias = torch.cat([torch.zeros_like(x), *(layer.bias for layer in linear_layers(mlp))])[:, None]
    sizes = torch.tensor([WIDTHS[0], sum(WIDTHS[1:-1]), WIDTHS[-1]])
    kind = torch.eye(3, dtype=x.dtype).repeat_interleave(sizes, dim=0)  # [N, 3]: input, hidden, output
    activation = torch.cat([x, x.new_zeros(len(bias) - len(x))])[:, None]
    for _ in range(rounds):
        activation = block(torch.cat([activation, bias, kind], dim=1), edges, weights, x.new_zeros(1, 1)).x
    return activation[-WIDTHS[-1] :, 0]
