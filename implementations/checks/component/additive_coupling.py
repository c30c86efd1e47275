"""Exact checks of additive coupling."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.additive_coupling import AdditiveCoupling


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between numbers and what is left of them after a layer and its inverse."""
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    layers = [AdditiveCoupling(keeps_odd=odd).double() for odd in (False, True)]
    return max(difference(layer.inverse(layer(x)), x) for layer in layers)


def jacobian_is_triangular(generator: torch.Generator) -> float:
    """Return the difference from a Jacobian with ones on its diagonal, and zeros but where kept acts on changed."""
    layer = AdditiveCoupling().double()
    x = torch.randn(5, generator=generator, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: layer(x[None])[0], x)
    order = torch.cat([layer.kept, layer.changed])
    sorted_ = jacobian[order][:, order]
    kept = len(layer.kept)
    expected = torch.eye(5, dtype=torch.float64)
    expected[kept:, :kept] = sorted_[kept:, :kept]
    return max(difference(sorted_, expected), abs(torch.linalg.det(jacobian).item() - 1))
