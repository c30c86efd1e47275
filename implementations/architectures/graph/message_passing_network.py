"""Message passing neural network: rounds of messages along edges, a recurrent update of nodes, a read-out of the graph.

Source: Gilmer et al. 2017, "Neural message passing for quantum chemistry" (gilmer2017neural): eq. 1 to 3, with the edge
network of sec. 5.1 and the read-outs of sec. 5.3, which are its best combination (sec. 8) and eq. 4.

Equations:
    h_v  <- x_v, padded with zeros                             at first (sec. 5)
    m_v   = sum over neighbours w of A(e_vw) h_w               A(e): a matrix, computed by a network (sec. 5.1)
    h_v  <- GRU(m_v, h_v)                                      the same in every round (sec. 5)
    y     = network(Set2Set over v of W (h_v, x_v))            after the last round (sec. 5.3)
    or y  = sum over v of sigmoid(i(h_v, h_v at first)) * j(h_v)   (eq. 4)

Shapes: N nodes, E edges, B graphs, F features of a node, C features of an edge, D width of the states, G outputs.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.aggregation.set2set import Set2Set
from implementations.concepts.component.sum_aggregation import SumAggregation
from implementations.concepts.gating_mechanism.gru_cell import GRUCell
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """Outputs for all graphs, and the states of the nodes after the last round."""

    y: Float[Tensor, "B G"]
    h: Float[Tensor, "N D"]


class AttentiveReadout(nn.Module):
    """Set2Set over the last states and the inputs of the nodes, and a network of its result."""

    def __init__(self, width: int, in_features: int, steps: int, out_features: int) -> None:
        super().__init__()
        self.project = nn.Linear(width + in_features, width)
        self.pool = Set2Set(features=width, steps=steps)
        self.output = nn.Sequential(nn.Linear(2 * width, width), nn.ReLU(), nn.Linear(width, out_features))

    def forward(self, h: Tensor, x: Tensor, graph: Tensor, graphs: int) -> Float[Tensor, "B G"]:
        """Return the outputs for all graphs."""
        return self.output(self.pool(self.project(torch.cat([h, x], 1)), graph, graphs))


class GatedReadout(nn.Module):
    """A sum over the nodes, each weighted by a gate of its own."""

    def __init__(self, width: int, in_features: int, out_features: int) -> None:
        super().__init__()
        self.gate = nn.Linear(width + in_features, out_features)  # i
        self.value = nn.Linear(width, out_features)  # j
        self.aggregate = SumAggregation()

    def forward(self, h: Tensor, x: Tensor, graph: Tensor, graphs: int) -> Float[Tensor, "B G"]:
        """Return the outputs for all graphs; the zeros that pad the first states are left out."""
        return self.aggregate(torch.sigmoid(self.gate(torch.cat([h, x], 1))) * self.value(h), graph, graphs)


class MessagePassingNetwork(nn.Module):
    """Rounds of messages, and a read-out.

    Args:
        in_features: Number F of features of a node.
        edge_features: Number C of features of an edge.
        width: Number D of numbers in a node's state, at least F.
        hidden: Width of the hidden layer of the edge network.
        rounds: Rounds of messages.
        readout: `set2set`, or `gated-sum`.
        steps: How often Set2Set reads the nodes.
        out_features: Number G of outputs of a graph.

    Raises:
        ValueError: The states are too narrow for the features, or the read-out is unknown.

    Example:
        >>> net = MessagePassingNetwork(in_features=4, edge_features=1, out_features=2)
        >>> bonds, molecule = torch.tensor([[0, 1], [1, 0]]), torch.tensor([0, 0, 1])
        >>> net(torch.zeros(3, 4), bonds, torch.zeros(2, 1), molecule).y.shape
        torch.Size([2, 2])
        >>> net(torch.zeros(3, 4), bonds, torch.zeros(2, 1), molecule, graphs=3).y.shape
        torch.Size([3, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 4,
        edge_features: int = 3,
        width: int = 6,
        hidden: int = 8,
        rounds: int = 3,
        readout: str = "set2set",
        steps: int = 3,
        out_features: int = 2,
    ) -> None:
        super().__init__()
        if width < in_features:
            raise ValueError(f"width ({width}) must be at least in_features ({in_features}): features are padded to it")
        if readout not in ("set2set", "gated-sum"):
            raise ValueError(f"readout ({readout!r}) must be set2set or gated-sum")
        self.in_features, self.edge_features, self.width, self.rounds = in_features, edge_features, width, rounds
        self.edge_network = nn.Sequential(nn.Linear(edge_features, hidden), nn.ReLU(), nn.Linear(hidden, width**2))
        self.aggregate = SumAggregation()
        self.update = GRUCell(in_features=width, units=width)
        if readout == "set2set":
            self.readout: nn.Module = AttentiveReadout(width, in_features, steps, out_features)
        else:
            self.readout = GatedReadout(width, in_features, out_features)

    @checked_inputs(edge_index="N", graph="B")
    def forward(
        self,
        x: Float[Tensor, "N F"],
        edge_index: Int[Tensor, "2 E"],
        e: Float[Tensor, "E C"],
        graph: Int[Tensor, " N"],
        graphs: int | None = None,
    ) -> Outputs:
        """Return outputs and last states; `graph` has the number, from 0, of each node's graph.

        There are as many graphs as the largest number says, or `graphs` of them, the last ones without nodes. A
        self-loop is an edge like any other.
        """
        source, target = edge_index
        h = F.pad(x, (0, self.width - self.in_features))
        matrices = self.edge_network(e).unflatten(1, (self.width, self.width))  # [E, D, D], the same in every round
        for _ in range(self.rounds):
            messages = (matrices @ h[source, :, None]).squeeze(2)
            h = self.update(self.aggregate(messages, target, len(h)), h)
        if graphs is None:
            graphs = int(graph.max()) + 1
        return Outputs(self.readout(h, x, graph, graphs), h)

    def example_inputs(self, generator: torch.Generator, *, N: int = 8, E: int = 10) -> dict[str, Tensor]:
        """Return two graphs with random edges, of which the last node has none."""
        graph = torch.arange(N) * 2 // N
        joined = (graph[:, None] == graph).fill_diagonal_(False)
        joined[-1] = joined[:, -1] = False
        pairs = joined.nonzero()
        return {
            "x": torch.randn(N, self.in_features, generator=generator),
            "edge_index": pairs[torch.randint(0, len(pairs), (E,), generator=generator)].T,
            "e": torch.randn(E, self.edge_features, generator=generator),
            "graph": graph,
        }
