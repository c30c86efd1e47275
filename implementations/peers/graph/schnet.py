"""Peer of SchNet: the interaction blocks and the Gaussians of PyG's, with its embedding and read-out as functions."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.nn.models.schnet import InteractionBlock, ShiftedSoftplus

from implementations.peers.schnet_modules import gaussians_of, in_double_precision

SIZES = {"wide": {"width": 9, "gaussians": 7, "cutoff": 6.0, "interactions": 3, "out_features": 2}}

NAMES = {
    "before.": "conv.lin1.",
    "convolution.filter.": "mlp.",
    "after.0.": "conv.lin2.",
    "after.2.": "lin.",
}
"""Beginnings of the names of ours, and those of theirs."""


def peer(*, width: int, gaussians: int, cutoff: float, interactions: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    blocks: list[nn.Module] = [
        in_double_precision(InteractionBlock(width, gaussians, width, cutoff)) for _ in range(interactions)
    ]
    smearing, softplus = gaussians_of(gaussians, cutoff), in_double_precision(ShiftedSoftplus())

    def theirs(weights: dict[str, Tensor], h: Tensor, x: Tensor, edge_index: Tensor) -> Tensor:
        distances = torch.linalg.vector_norm(x[edge_index[0]] - x[edge_index[1]], dim=1)
        h = F.linear(h, weights["embedding.weight"])
        for number, block in enumerate(blocks):
            start = f"interactions.{number}."
            named = {
                name.removeprefix(start).replace(ours, theirs_, 1): value
                for name, value in weights.items()
                for ours, theirs_ in NAMES.items()
                if name.startswith(start + ours)
            }
            h = h + torch.func.functional_call(block, named, (h, edge_index, distances, smearing(distances)))
        hidden = softplus(F.linear(h, weights["read_out.0.weight"], weights["read_out.0.bias"]))
        return F.linear(hidden, weights["read_out.2.weight"], weights["read_out.2.bias"])

    return theirs
