"""Peer of the Graph Transformer: PyG's `TransformerConv` for the attention, and the library's norms and linear maps."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn import TransformerConv


def peer(*, width: int, heads: int, layers: int, norm: str) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    attention = TransformerConv(width, width // heads, heads, bias=False, root_weight=False).double()

    def linear(weights: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
        return F.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def normalised(weights: dict[str, Tensor], name: str, x: Tensor, training: bool) -> Tensor:
        gain, shift = (weights[f"{name}.{part}"] for part in ("weight", "bias"))
        if norm == "layer":
            return F.layer_norm(x, (width,), gain, shift)
        weights[f"{name}.num_batches_tracked"].add_(int(training))
        mean, variance = (weights[f"{name}.{part}"] for part in ("running_mean", "running_var"))
        return F.batch_norm(x, mean, variance, gain, shift, training)

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor, training: bool = False) -> Tensor:
        x = linear(weights, "embed", x)
        for layer in (f"layers.{number}" for number in range(layers)):
            named = {f"lin_{n}.weight": weights[f"{layer}.attention.{n}.weight"] for n in ("query", "key", "value")}
            mixed = torch.func.functional_call(attention, named, (x, edge_index))
            x = x + linear(weights, f"{layer}.attention.output", mixed)
            x = normalised(weights, f"{layer}.attention_norm", x, training)
            hidden = linear(weights, f"{layer}.feed_forward.widen", x).relu()
            x = x + linear(weights, f"{layer}.feed_forward.narrow", hidden)
            x = normalised(weights, f"{layer}.feed_forward_norm", x, training)
        return linear(weights, "read_out", x)

    return theirs


class Layer(nn.Module):
    """Attention over neighbours, and two linear maps, each with a residual connection and batch normalisation."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = TransformerConv(width, width // heads, heads, bias=False, root_weight=False)
        self.output = nn.Linear(width, width)
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(2))
        self.feed_forward = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return the new features of all nodes."""
        x = self.norms[0](x + self.output(self.attention(x, edge_index)))
        return self.norms[1](x + self.feed_forward(x))


class Stacked(nn.Sequential):
    """A linear map in, layers, and a linear map out."""

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return the outputs of all nodes."""
        embed, *layers, read_out = self
        x = embed(x)
        for layer in layers:
            x = layer(x, edge_index)
        return read_out(x)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(2708, 1433, generator=generator)  # as many nodes and edges as Cora has
    return (
        "cora",
        Stacked(nn.Linear(1433, 80), *(Layer(80, 8) for _ in range(10)), nn.Linear(80, 7)),
        {"x": x, "edge_index": torch.randint(0, 2708, (2, 10556), generator=generator)},
    )
