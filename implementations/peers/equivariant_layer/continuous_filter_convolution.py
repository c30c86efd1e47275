"""Peer of the component: PyG's `CFConv`, without the linear maps of the features before and after the sum."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn.models.schnet import CFConv, ShiftedSoftplus

from implementations.peers.schnet_modules import gaussians_of, in_double_precision

SIZES = {"wide": {"features": 7, "gaussians": 9, "cutoff": 6.0}, "two-dimensional": {"X": 2}}


def peer(*, features: int, gaussians: int, cutoff: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    perceptron = nn.Sequential(nn.Linear(gaussians, features), ShiftedSoftplus(), nn.Linear(features, features))
    layer = in_double_precision(CFConv(features, features, features, perceptron, cutoff))
    smearing = gaussians_of(gaussians, cutoff)
    identity = torch.eye(features, dtype=torch.float64)
    fixed = {"lin1.weight": identity, "lin2.weight": identity, "lin2.bias": torch.zeros_like(identity[0])}

    def theirs(weights: dict[str, Tensor], h: Tensor, x: Tensor, edge_index: Tensor) -> Tensor:
        named = {name.replace("filter", "nn"): value for name, value in weights.items() if name.startswith("filter")}
        distances = torch.linalg.vector_norm(x[edge_index[0]] - x[edge_index[1]], dim=1)
        return torch.func.functional_call(layer, {**fixed, **named}, (h, edge_index, distances, smearing(distances)))

    return theirs
