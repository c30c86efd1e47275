"""Exact checks of the graph neural network of Scarselli et al."""

import torch
from torch import Tensor

from implementations.architectures.graph.graph_neural_network import GraphNeuralNetwork
from implementations.claims.agreement import difference
from implementations.concepts.implicit_layer.fixed_point import fixed_point


def states_are_at_rest(generator: torch.Generator) -> float:
    """Return how much one more round of messages changes the states, relative to the largest."""
    net, x, edges = _problem(generator)
    step = net.step(x, edges)
    states = fixed_point(step, torch.zeros(len(x), net.state, dtype=torch.float64))
    return difference(step(states), states)


def states_solve_the_linear_equations(generator: torch.Generator) -> float:
    """Return the difference, of outputs and all gradients, to a dense solution of x = A x + b for the whole graph.

    A block of A is mu / (s |ne(u)|) tanh(phi(l_n, l_u)), written out for every edge; b is the sum of rho(l_n) over
    edges.
    """
    net, x, edges = _problem(generator)
    size = net.state
    matrix = torch.zeros(len(x), size, len(x), size, dtype=torch.float64)
    shift = torch.zeros(len(x), size, dtype=torch.float64)
    for source, target in edges.T.tolist():
        entries = net.transition(torch.cat([x[target], x[source]])).view(size, size)
        neighbours = int((edges[0] == source).sum())
        block = net.contraction / (size * neighbours) * (1 - 2 / (1 + torch.exp(2 * entries)))
        one, there = torch.zeros_like(matrix), torch.zeros_like(shift)
        one[target, :, source, :], there[target] = 1, 1
        matrix = matrix + one * block[None, :, None, :]
        shift = shift + there * net.forcing(x[target])
    whole = torch.eye(len(x) * size, dtype=torch.float64) - matrix.flatten(2).flatten(0, 1)
    states = torch.linalg.solve(whole, shift.flatten()).view(len(x), size)
    expected = net.read_out(torch.cat([states, x], 1))
    found = net(x, edges)
    sent = torch.randn(found.shape, generator=generator, dtype=torch.float64)
    gradients = [
        torch.autograd.grad(value, list(net.parameters()), sent, retain_graph=True) for value in (found, expected)
    ]
    return max(difference(found, expected), *(difference(a, b) for a, b in zip(*gradients, strict=True)))


def largest_matrices_contract_by_the_factor(generator: torch.Generator) -> float:
    """Return how far from the factor promised a round shrinks differences where all transitions are at their bound.

    There every matrix has equal positive entries, so that differences of one sign add up to the bound itself. A node
    without outgoing edges has no effect on others, and its difference is zero.
    """
    net, x, edges = _problem(generator)
    with torch.no_grad():
        net.transition[2].bias.fill_(50.0)  # the hyperbolic tangent is one to the last digit
    step = net.step(x, edges)
    first = torch.randn(len(x), net.state, generator=generator, dtype=torch.float64)
    apart = torch.rand(first.shape, generator=generator, dtype=torch.float64)
    apart[torch.bincount(edges[0], minlength=len(x)) == 0] = 0
    shrunk = (step(first + apart) - step(first)).abs().sum() / apart.sum()
    return abs(shrunk.item() / net.contraction - 1)


def _problem(generator: torch.Generator) -> tuple[GraphNeuralNetwork, Tensor, Tensor]:
    net = GraphNeuralNetwork().double()
    inputs = net.example_inputs(generator)
    return net, inputs["x"].double(), inputs["edge_index"]
