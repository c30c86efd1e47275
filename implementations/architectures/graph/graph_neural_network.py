"""Graph neural network of Scarselli et al.: node states are the fixed point of an update from neighbours.

Source: Scarselli et al. 2009, "The graph neural network model" (scarselli2009graph), the linear form.

Equations:
    x_n = sum over neighbours u of (A_{nu} x_u + b_n)
    A_{nu} = mu / (s |neighbours of u|) tanh(phi(l_n, l_u)), an s x s matrix, so that the update is a contraction
    b_n = rho(l_n),   y_n = g(x_n, l_n)

Shapes: N nodes, F input features (labels l), E edges, G output features, s numbers of a state.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.sum_aggregation import SumAggregation
from implementations.concepts.implicit_layer.fixed_point import fixed_point
from kb.guards import checked_arguments, checked_inputs


def perceptron(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Return a network with one hidden layer of hyperbolic tangents."""
    return nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, outputs))


class GraphNeuralNetwork(nn.Module):
    """A contraction of the states of all nodes, its fixed point, and a read-out for every node.

    Args:
        in_features: Number F of input features.
        state: Numbers s of a node's state.
        hidden: Hidden units of the three perceptrons.
        out_features: Number G of outputs.
        contraction: The factor mu by which a step shrinks differences, below 1.

    Raises:
        ValueError: The factor is not between 0 and 1.

    Example:
        >>> edges = torch.tensor([[0, 1], [1, 0]])
        >>> GraphNeuralNetwork()(torch.zeros(3, 5), edges).shape
        torch.Size([3, 3])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 5, state: int = 3, hidden: int = 6, out_features: int = 3, contraction: float = 0.8
    ) -> None:
        super().__init__()
        if not 0 < contraction < 1:
            raise ValueError(f"contraction ({contraction}) must be between 0 and 1, so that there is one fixed point")
        self.in_features, self.state, self.contraction = in_features, state, contraction
        self.transition = perceptron(2 * in_features, hidden, state * state)
        self.forcing = perceptron(in_features, hidden, state)
        self.read_out = perceptron(state + in_features, hidden, out_features)
        self.aggregate = SumAggregation()

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets, with self-loops if desired."""
        states = fixed_point(self.step(x, edge_index), x.new_zeros(len(x), self.state))
        return self.read_out(torch.cat([states, x], 1))

    def step(self, x: Tensor, edge_index: Tensor) -> "Step":
        """Return the contraction that this graph defines, as a function of the states."""
        source, target = edge_index
        neighbours = torch.bincount(source, minlength=len(x)).clamp(min=1).to(x.dtype)  # of which each node is one
        matrices = torch.tanh(self.transition(torch.cat([x[target], x[source]], 1)))  # [E, s s]
        scale = self.contraction / (self.state * neighbours[source])
        matrices = scale[:, None, None] * matrices.unflatten(1, (self.state, self.state))
        return Step(matrices, self.forcing(x)[target], edge_index, self.aggregate)

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return a random graph without self-loops, whose last node is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        x = torch.randn(N, self.in_features, generator=generator)
        return {"x": x, "edge_index": torch.stack([source, target])}


class Step:
    """One round of messages: `step(states)` is F(states).

    Args:
        matrices: What each edge does to the state at its source, `[E, s, s]`.
        forcing: What each edge adds, `[E, s]`.
        edge_index: Sources and targets, `[2, E]`.
        aggregate: Sum of the messages to a node.
    """

    def __init__(self, matrices: Tensor, forcing: Tensor, edge_index: Tensor, aggregate: SumAggregation) -> None:
        self.matrices, self.forcing, self.edge_index, self.aggregate = matrices, forcing, edge_index, aggregate

    def __call__(self, states: Float[Tensor, "N s"]) -> Float[Tensor, "N s"]:
        """Return the states after one round."""
        source, target = self.edge_index
        messages = (self.matrices @ states[source, :, None]).squeeze(2) + self.forcing
        return self.aggregate(messages, target, len(states))
