"""Peer of Deep Sets: PyG's `DeepSetsAggregation`, on the elements of all sets in one list."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import MLP
from torch_geometric.nn.aggr import DeepSetsAggregation

from implementations.architectures.set.deep_sets import DeepSets


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = DeepSets(in_features=4, hidden=8, out_features=3)
    peer = DeepSetsAggregation(MLP([4, 8, 8], norm=None), MLP([8, 8, 3], norm=None)).double()
    networks = {"phi": "local_mlp", "rho": "global_mlp"}

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        named = {
            f"{theirs}.lins.{layer}.{part}": weights[f"{ours}.{2 * layer}.{part}"]
            for ours, theirs in networks.items()
            for layer in range(2)
            for part in ("weight", "bias")
        }
        of_set = torch.arange(len(x)).repeat_interleave(x.shape[1])
        return torch.func.functional_call(peer, named, (x.flatten(0, 1), of_set))

    return ours, theirs, ours.example_inputs(generator)


class OfSets(nn.Sequential):
    """The library's module on sets of equal size."""

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every set."""
        (aggregation,) = self
        return aggregation(x.flatten(0, 1), torch.arange(len(x)).repeat_interleave(x.shape[1]))


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = OfSets(DeepSetsAggregation(MLP([2, 512, 512], norm=None), MLP([512, 512, 1], norm=None)))
    return "width-512", peer, {"x": torch.randn(32, 50, 2, generator=generator)}
