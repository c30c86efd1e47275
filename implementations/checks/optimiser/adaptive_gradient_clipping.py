"""Exact checks of adaptive gradient clipping."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.optimiser.adaptive_gradient_clipping import clip_adaptively_, unit_norms
from implementations.peers.timm_models import import_timm


def agrees_with_timm(generator: torch.Generator) -> float:
    """Return the difference between gradients that were clipped by ours and by timm's function."""
    ours, theirs = _parameters(generator), _parameters(generator)
    for our, other in zip(ours, theirs, strict=True):
        other.data.copy_(our.data)
        other.grad.copy_(our.grad)
    clip_adaptively_(ours, factor=0.1)
    import_timm("utils.agc").adaptive_clip_grad(theirs, clip_factor=0.1)
    return max(difference(our.grad, other.grad) for our, other in zip(ours, theirs, strict=True))


def no_unit_moves_further_than_its_share(generator: torch.Generator) -> float:
    """Return by how much a step of size 1 changes a unit beyond its share, and how far long gradients are from it."""
    factor, errors = 0.05, []
    for parameter in _parameters(generator):
        before = unit_norms(parameter.grad)
        clip_adaptively_([parameter], factor=factor)
        share = factor * unit_norms(parameter.data).clamp(min=1e-3)
        expected = torch.minimum(before, share)
        errors.append(difference(unit_norms(parameter.grad), expected))
    return max(errors)


def _parameters(generator: torch.Generator) -> list[nn.Parameter]:
    """Return a filter bank, a matrix with a unit at zero, and a vector, with gradients short and long."""
    parameters = []
    for shape in ((6, 3, 3, 3), (5, 4), (7,)):
        parameter = nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64))
        parameter.data[0] = 0
        scales = torch.logspace(-3, 2, shape[0], dtype=torch.float64).view(-1, *[1] * (len(shape) - 1))
        parameter.grad = scales * torch.randn(shape, generator=generator, dtype=torch.float64)
        parameters.append(parameter)
    return parameters
