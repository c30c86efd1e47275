"""Exact checks of affine coupling."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.coupling_layer.affine_coupling import AffineCoupling


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference between numbers and what is left of them after a layer and its inverse."""
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    layers = [AffineCoupling(keeps_odd=odd).double() for odd in (False, True)]
    return max(difference(layer.inverse(layer(x)), x) for layer in layers)


def jacobian_is_triangular(generator: torch.Generator) -> float:
    """Return the difference from a Jacobian with ones and scales on its diagonal, and zeros but where kept acts."""
    layer = AffineCoupling().double()
    x = torch.randn(5, generator=generator, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: layer(x[None])[0], x)
    order = torch.cat([layer.kept, layer.changed])
    sorted_ = jacobian[order][:, order]
    kept = len(layer.kept)
    log_scale, _ = layer.scale_and_shift(x[None, layer.kept])
    expected = log_scale[0, order].exp().diag()  # ones at the places that are kept
    expected[kept:, :kept] = sorted_[kept:, :kept]
    return difference(sorted_, expected)


def determinant_is_that_of_the_jacobian(generator: torch.Generator) -> float:
    """Return the difference from the logarithm of the determinant, computed from all derivatives."""
    layer = AffineCoupling().double()
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: layer(x[None])[0]))(x)
    return difference(layer.with_log_determinant(x).log_determinant, torch.linalg.slogdet(jacobians).logabsdet)


def without_scales_it_adds(generator: torch.Generator) -> float:
    """Return the difference from x_2 + t(x_1), where the gain of the scales is zero."""
    layer = AffineCoupling().double()
    layer.gain.data.zero_()
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    expected = x.clone()
    expected[:, layer.changed] += layer.functions(x[:, layer.kept])[:, len(layer.changed) :]
    return difference(layer(x), expected)
