"""Peer of GraphGPS: PyG's `GPSConv` around its `GINConv`, and its transform for the code."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GINConv, GPSConv
from torch_geometric.transforms import AddRandomWalkPE
from torch_geometric.utils import coalesce

from implementations.peers.modules import with_our_weights

SIZES = {"wide": {"in_features": 4, "width": 12, "heads": 3, "layers": 1, "steps": 5, "out_features": 2}}
PARTS = {
    "conv.eps": "local.epsilon",
    "attn.out_proj": "attention.output",
    "mlp.0": "feed_forward.widen",
    "mlp.3": "feed_forward.narrow",
    "norm1.module": "local_norm",
    "norm2.module": "attention_norm",
    "norm3.module": "norm",
    "conv.nn": "local.mlp",
}
"""Names of the library, and ours."""


class Stacked(nn.Module):
    """A linear map in, the code, layers, and a linear map out."""

    def __init__(self, sizes: tuple[int, int, int], heads: int, layers: int, steps: int) -> None:
        super().__init__()
        features, width, outputs = sizes
        self.embed, self.code, self.read_out = (
            nn.Linear(features, width),
            nn.Linear(steps, width),
            nn.Linear(width, outputs),
        )
        self.walk = AddRandomWalkPE(steps)
        self.layers = nn.ModuleList(GPSConv(width, _convolution(width), heads) for _ in range(layers))

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return the outputs of all nodes."""
        default = torch.get_default_dtype()
        torch.set_default_dtype(x.dtype)  # the transform computes in the default precision
        try:
            once = coalesce(edge_index)  # of an edge given twice it would count one for the degree only
            code = self.walk(Data(edge_index=once, num_nodes=len(x))).random_walk_pe
        finally:
            torch.set_default_dtype(default)
        x = self.embed(x) + self.code(code)
        for layer in self.layers:
            x = layer(x, edge_index)
        return self.read_out(x)


def peer(
    *, in_features: int, width: int, heads: int, layers: int, steps: int, out_features: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = Stacked((in_features, width, out_features), heads, layers, steps).double()

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: _ours(weights, name) for name in module.state_dict()}

    return with_our_weights(module, translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    x = torch.randn(500, 32, generator=generator)
    return (
        "ten-layers",
        Stacked((32, 64, 1), 4, 10, 20),
        {"x": x, "edge_index": torch.randint(0, 500, (2, 1100), generator=generator)},
    )


def _convolution(width: int) -> GINConv:
    return GINConv(nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width)), train_eps=True)


def _ours(weights: dict[str, Tensor], name: str) -> Tensor:
    """Return our weight for a name of the peer."""
    if not name.startswith("layers."):
        return weights[name.replace("code.", "position.map.")]
    _, number, rest = name.split(".", 2)
    if rest.startswith("attn.in_proj_"):
        part = rest.removeprefix("attn.in_proj_")
        return torch.cat([weights[f"layers.{number}.attention.{of}.{part}"] for of in ("query", "key", "value")])
    theirs = next(part for part in PARTS if rest.startswith(part))
    return weights[f"layers.{number}.{PARTS[theirs]}{rest.removeprefix(theirs)}"]
