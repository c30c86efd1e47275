"""Exact checks of gradient norm clipping."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.optimiser.gradient_clipping import clip_norm_


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to `torch.nn.utils.clip_grad_norm_`, for gradients longer and shorter than the threshold.

    The gradients are long, because torch adds a millionth to their norm before it divides by it.
    """
    errors = []
    for threshold in (1e8, 1e12):
        ours, theirs = _parameters(generator), []
        for parameter in ours:
            parameter.grad *= 1e9
            theirs.append(nn.Parameter(parameter.detach().clone()))
            theirs[-1].grad = parameter.grad.clone()
        norms = clip_norm_(ours, threshold=threshold), nn.utils.clip_grad_norm_(theirs, threshold)
        errors.append(difference(*norms))
        errors += [difference(our.grad, other.grad) for our, other in zip(ours, theirs, strict=True)]
    return max(errors)


def length_and_direction(generator: torch.Generator) -> float:
    """Return how far the clipped gradient is from the threshold times the unit vector along the whole gradient."""
    parameters = _parameters(generator)
    before = torch.cat([parameter.grad.flatten() for parameter in parameters])
    clip_norm_(parameters, threshold=0.5)
    after = torch.cat([parameter.grad.flatten() for parameter in parameters])
    return difference(after, 0.5 * before / before.norm())


def _parameters(generator: torch.Generator) -> list[nn.Parameter]:
    parameters = []
    for shape in ((4, 3), (5,)):
        parameter = nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64))
        parameter.grad = torch.randn(shape, generator=generator, dtype=torch.float64)
        parameters.append(parameter)
    return parameters
