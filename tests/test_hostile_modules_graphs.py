"""Graph networks that tried to fool the probe of anisotropic aggregation, and a recurrence that hides its state."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from bundled import BASE
from torch import Tensor, nn
from torch.nn import functional as F

from kb.evidence import VIOLATION
from kb.probes import Axes
from kb.verify.preparing import seeded

DRAWS = 2

Layer = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Maps node features, edges `[2, E]` and weights `[F, F]` to node features."""

BROADCAST = "where all pairs of nodes are formed by broadcasting, a unit of a pair is taken for one of a node"
INSIDE = "The definition requires that the state can be passed in and returned"


class Graph(nn.Module):
    """Two layers of one kind."""

    def __init__(self, layer: Layer, generator: torch.Generator) -> None:
        super().__init__()
        self.layer = layer
        self.weights = nn.ParameterList(torch.randn(4, 4, generator=generator, dtype=torch.float64) for _ in range(2))

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Map node features `[N, F]` and edges `[2, E]` to `[N, F]`."""
        for weight in self.weights:
            x = self.layer(x, edge_index, weight)
        return x

    def example_inputs(self, generator: torch.Generator, *, N: int = 5, E: int = 8) -> dict[str, Tensor]:
        """Return random features and edges."""
        x = torch.randn(N, 4, generator=generator, dtype=torch.float64)
        return {"x": x, "edge_index": torch.randint(0, N, (2, E), generator=generator)}


def added(x: Tensor, edges: Tensor, messages: Tensor) -> Tensor:
    """Add messages up at the targets of the edges."""
    return torch.zeros_like(x).index_add(0, edges[1], messages)


def mean(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    counts = edges[1].bincount(minlength=len(x)).clamp(min=1)[:, None]
    return torch.relu((x + added(x, edges, x[edges[0]]) / counts) @ weight)


def units_before(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    return added(x, edges, (torch.sin(x @ weight) * torch.sigmoid(x @ weight))[edges[0]])


def units_of_messages(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    return added(x, edges, torch.relu(x[edges[0]] @ weight))


def largest(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    messages = (x @ weight)[edges[0]]
    return torch.zeros_like(x).scatter_reduce(0, edges[1][:, None].expand_as(messages), messages, "amax")


def by_degrees(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    degrees = edges[1].bincount(minlength=len(x)).clamp(min=1).to(x.dtype)
    scale = (degrees[edges[0]] * degrees[edges[1]]).rsqrt()[:, None]
    return torch.tanh(x + added(x, edges, scale * (x @ weight)[edges[0]]))


def gated_update(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    received = added(x, edges, (x @ weight)[edges[0]])
    return x + torch.sigmoid(received + x @ weight.T) * torch.tanh(received)


def attention(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    values = x @ weight
    scores = F.leaky_relu(values.sum(1)[edges[0]] + values.sum(1)[edges[1]]).exp()
    totals = torch.zeros_like(values[:, 0]).index_add(0, edges[1], scores)
    return added(x, edges, (scores / totals[edges[1]])[:, None] * values[edges[0]])


def gated_edges(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    gates = torch.sigmoid(x[edges[0]] @ weight + x[edges[1]] @ weight.T)
    return x + added(x, edges, gates * x[edges[0]])


def loudness(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    return added(x, edges, (x.sum(1, keepdim=True).sigmoid() * (x @ weight))[edges[0]])


def units_of_pairs(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    return added(x, edges, torch.tanh(x[edges[0]] @ weight + x[edges[1]] @ weight.T))


def broadcast_pairs(x: Tensor, edges: Tensor, weight: Tensor) -> Tensor:
    joined = x.new_zeros(len(x), len(x)).index_put((edges[1], edges[0]), x.new_ones(()))
    return (joined[:, :, None] * torch.tanh((x @ weight)[None] + (x @ weight.T)[:, None])).sum(1)


LACKING = [mean, units_before, units_of_messages, largest, by_degrees, gated_update]
HAVING = [attention, gated_edges, loudness, units_of_pairs]
FOOLING = pytest.param(broadcast_pairs, True, marks=pytest.mark.xfail(strict=True, reason=BROADCAST))


@pytest.mark.parametrize(
    ("layer", "holds"), [*[(layer, False) for layer in LACKING], *[(layer, True) for layer in HAVING], FOOLING]
)
def test_only_weights_by_content_are_anisotropic(layer: Layer, holds: bool) -> None:
    bias = BASE.biases["anisotropic-aggregation"]
    axes = Axes(
        inputs={"x": ("N", "F"), "edge_index": ("", "E")},
        outputs={"y": ("N", "F")},
        acting=("N",),
        indexes={"edge_index": "N"},
    )
    for draw in range(DRAWS):
        generator = seeded(bias.id, layer.__name__, draw)
        module = Graph(layer, generator)
        error = bias.load()(module, module.example_inputs(generator), axes, generator)
        assert error <= bias.tolerance if holds else error >= VIOLATION


class Inside(nn.Module):
    """An LSTM that starts every call from zero."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 4, batch_first=True, dtype=torch.float64)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, U]`."""
        outputs: Tensor = self.lstm(x)[0]
        return outputs


@pytest.mark.xfail(strict=True, reason=INSIDE)
def test_a_state_that_is_kept_inside_is_a_recurrence() -> None:
    bias = BASE.biases["recurrence-over-time"]
    generator = seeded(bias.id, "inside")
    x = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "U")}, acting=("T",))
    assert bias.load()(Inside(), {"x": x}, axes, generator) <= bias.tolerance


@pytest.mark.parametrize(("page", "limit"), [("anisotropic-aggregation", BROADCAST), ("recurrence-over-time", INSIDE)])
def test_the_page_says_what_its_probe_misses(page: str, limit: str) -> None:
    assert limit in " ".join(BASE.biases[page].description.split())
