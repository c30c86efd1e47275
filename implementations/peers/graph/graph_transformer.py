"""Peer of the Graph Transformer: PyG's `TransformerConv` for the attention, and the library's norms and linear maps."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn import TransformerConv

from implementations.architectures.graph.graph_transformer import GraphTransformer


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = GraphTransformer(in_features=5, width=8, heads=2, layers=2, out_features=3, norm="batch")
    attention = TransformerConv(8, 4, heads=2, bias=False, root_weight=False).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        def linear(name: str, x: Tensor) -> Tensor:
            return F.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

        def norm(name: str, x: Tensor) -> Tensor:
            mean, variance, gain, shift = (
                weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
            )
            return F.batch_norm(x, mean, variance, gain, shift)

        x = linear("embed", x)
        for number in range(2):
            layer = f"layers.{number}"
            named = {f"lin_{n}.weight": weights[f"{layer}.attention.{n}.weight"] for n in ("query", "key", "value")}
            mixed = torch.func.functional_call(attention, named, (x, edge_index))
            x = norm(f"{layer}.attention_norm", x + linear(f"{layer}.attention.output", mixed))
            hidden = linear(f"{layer}.feed_forward.widen", x).relu()
            x = norm(f"{layer}.feed_forward_norm", x + linear(f"{layer}.feed_forward.narrow", hidden))
        return linear("read_out", x)

    return ours, theirs, ours.example_inputs(generator)
