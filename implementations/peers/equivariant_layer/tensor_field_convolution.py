"""Peer of the convolution: e3nn's tensor product, spherical harmonics and linear map of each degree."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.tensor_field_modules import convolution

SIZES = {
    "scalars": {"degree": 0},
    "tensors": {"degree": 2, "features": 4, "gaussians": 3, "reach": 2.0},
    "without-cross-products": {"degree": 2, "cross_products": False},
}


def peer(*, features: int, degree: int, gaussians: int, reach: float, cross_products: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    return convolution(features, degree, gaussians, reach, cross_products)
