"""Personalised propagation of neural predictions (APPNP): a perceptron predicts, then predictions are averaged.

Source: Gasteiger (formerly Klicpera), Bojchevski & Guennemann 2019, "Predict then propagate" (gasteiger2018predict).

Equations:
    Z_0     = H = f(X),                          f: a perceptron that sees one node
    Z_(k+1) = (1 - alpha) S Z_k + alpha H,       S = D^-1/2 (A + I) D^-1/2,   D: degrees of A + I

Shapes: N nodes, E edges, F input features, G output features.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation
from kb.guards import checked_arguments, checked_inputs


class PersonalisedPropagation(nn.Module):
    """Prediction node by node, and propagation without weights.

    Args:
        in_features: Number F of features of a node.
        hidden: Widths of the hidden layers of the perceptron; none makes it a linear map.
        out_features: Number G of outputs of a node.
        steps: How often predictions are averaged.
        teleport: Share alpha of its own first prediction that a node gets in every step.

    Example:
        >>> network = PersonalisedPropagation(in_features=4, hidden=[8], out_features=2)
        >>> network(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments(hidden=(), teleport=(0, 1))
    def __init__(
        self,
        *,
        in_features: int = 5,
        hidden: Sequence[int] = (8,),
        out_features: int = 3,
        steps: int = 2,
        teleport: float = 0.1,
    ) -> None:
        super().__init__()
        self.in_features, self.steps, self.teleport = in_features, steps, teleport
        widths = [in_features, *hidden, out_features]
        self.layers = nn.ModuleList(nn.Linear(narrow, wide) for narrow, wide in pairwise(widths))
        self.aggregate = DegreeNormalisedAggregation()

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets, with or without self-loops."""
        *inner, last = self.layers
        for layer in inner:
            x = torch.relu(layer(x))
        predictions = z = last(x)
        for _ in range(self.steps):
            z = (1 - self.teleport) * self.aggregate(z, edge_index) + self.teleport * predictions
        return z

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated; the first edge is a loop."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        target[:1] = source[:1]
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.in_features, generator=generator), "edge_index": edges}
