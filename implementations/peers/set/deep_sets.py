"""Peer of Deep Sets: PyG's `DeepSetsAggregation`, on the elements of all sets in one list."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import MLP
from torch_geometric.nn.aggr import DeepSetsAggregation

SIZES = {"odd": {"in_features": 3, "hidden": 7, "out_features": 5}}


def peer(*, in_features: int, hidden: int, out_features: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    local, total = MLP([in_features, hidden, hidden], norm=None), MLP([hidden, hidden, out_features], norm=None)
    module = DeepSetsAggregation(local, total).double()
    networks = {"phi": "local_mlp", "rho": "global_mlp"}

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        named = {
            f"{theirs}.lins.{layer}.{part}": weights[f"{ours}.{2 * layer}.{part}"]
            for ours, theirs in networks.items()
            for layer in range(2)
            for part in ("weight", "bias")
        }
        of_set = torch.arange(len(x)).repeat_interleave(x.shape[1])
        return torch.func.functional_call(module, named, (x.flatten(0, 1), of_set))

    return theirs


class OnSets(nn.Sequential):
    """The library's module on sets of equal size."""

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every set."""
        (aggregation,) = self
        return aggregation(x.flatten(0, 1), torch.arange(len(x)).repeat_interleave(x.shape[1]))


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = OnSets(DeepSetsAggregation(MLP([2, 512, 512], norm=None), MLP([512, 512, 1], norm=None)))
    return "width-512", peer, {"x": torch.randn(32, 50, 2, generator=generator)}
