"""Parts of PyG's SchNet in double precision: it computes three of its constants in 32 bits."""

import math

import torch
from torch import nn
from torch_geometric.nn.models.schnet import GaussianSmearing, ShiftedSoftplus


def in_double_precision(module: nn.Module) -> nn.Module:
    """Return a module with weights of 64 bits, and as exact a log 2 in each of its shifted softplus."""
    for part in module.modules():
        if isinstance(part, ShiftedSoftplus):
            part.shift = math.log(2)
    return module.double()


def gaussians_of(number: int, cutoff: float) -> GaussianSmearing:
    """Return Gaussians with centres from 0 to the cutoff."""
    smearing = GaussianSmearing(0.0, cutoff, number)
    smearing.offset = torch.linspace(0, cutoff, number, dtype=torch.float64)
    smearing.coeff = -0.5 * ((number - 1) / cutoff) ** 2
    return smearing
