"""Adaptive graph convolutional recurrent network: coupled gated recurrent units, where every node has its own weights.

Source: Bai, Yao, Li, Wang & Wang 2020, "Adaptive graph convolutional recurrent network for traffic forecasting"
(bai2020adaptive), with the gates of the authors' code.

Equations:
    z, r = sigmoid(conv([x_t, h_{t-1}]))
    c = tanh(conv([x_t, z * h_{t-1}]))
    h_t = r * h_{t-1} + (1 - r) * c
    y = W h_T + b                               all steps of the forecast at once

Shapes: B examples, T steps, N nodes, F features, U units, D numbers of an embedding, G steps of the forecast.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.aggregation.node_adaptive_convolution import NodeAdaptiveConvolution
from kb.guards import checked_arguments, checked_inputs


class AdaptiveCell(nn.Module):
    """One step of all nodes."""

    def __init__(self, in_features: int, units: int, embedding: int) -> None:
        super().__init__()
        size = in_features + units
        self.gates = NodeAdaptiveConvolution(in_features=size, out_features=2 * units, embedding=embedding)
        self.update = NodeAdaptiveConvolution(in_features=size, out_features=units, embedding=embedding)

    def forward(
        self, x: Float[Tensor, "B N F"], h: Float[Tensor, "B N U"], embeddings: Float[Tensor, "N D"]
    ) -> Float[Tensor, "B N U"]:
        """Return the next states."""
        z, r = torch.sigmoid(self.gates(torch.cat([x, h], 2), embeddings)).chunk(2, 2)
        candidate = torch.tanh(self.update(torch.cat([x, z * h], 2), embeddings))
        return r * h + (1 - r) * candidate


class AdaptiveGraphRecurrentNetwork(nn.Module):
    """Some layers of cells, which share the embeddings, and a read-out of the last state of every node.

    Args:
        nodes: Number N of nodes.
        in_features: Number F of features of a node.
        embedding: Numbers D of an embedding.
        units: Number U of units of a node.
        layers: Number of layers of cells.
        horizon: Number G of steps of the forecast.

    Example:
        >>> AdaptiveGraphRecurrentNetwork(nodes=5, in_features=1, horizon=3)(torch.zeros(2, 7, 5, 1)).shape
        torch.Size([2, 5, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        nodes: int = 4,
        in_features: int = 2,
        embedding: int = 2,
        units: int = 3,
        layers: int = 1,
        horizon: int = 2,
    ) -> None:
        super().__init__()
        self.in_features, self.units = in_features, units
        self.embeddings = nn.Parameter(torch.randn(nodes, embedding))
        widths = [in_features] + [units] * (layers - 1)
        self.cells = nn.ModuleList(AdaptiveCell(width, units, embedding) for width in widths)
        self.read_out = nn.Linear(units, horizon)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T N F"]) -> Float[Tensor, "B N G"]:
        """Return the forecasts of all nodes."""
        for cell in self.cells:
            h = x.new_zeros(len(x), x.shape[2], self.units)
            states = []
            for step in x.unbind(1):
                h = cell(step, h, self.embeddings)
                states.append(h)
            x = torch.stack(states, 1)
        return self.read_out(x[:, -1])

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random series of the nodes that there are."""
        return {"x": torch.randn(B, T, len(self.embeddings), self.in_features, generator=generator)}
