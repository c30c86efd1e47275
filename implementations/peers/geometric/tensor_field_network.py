"""Peer of the tensor field network: layers of e3nn's modules, with its embedding and read-out as functions."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

from implementations.peers.tensor_field_modules import convolution, non_linearity

SIZES = {
    "wide": {"width": 5, "layers": 2, "gaussians": 3, "reach": 2.0},
    "tensors": {"degree": 2, "layers": 2},
}


def peer(
    *, width: int, degree: int, gaussians: int, reach: float, cross_products: bool, layers: int
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    convolve = convolution(width, degree, gaussians, reach, cross_products)
    activate = non_linearity(width, degree)

    def theirs(weights: dict[str, Tensor], h: Tensor, x: Tensor, edge_index: Tensor) -> tuple[Tensor, Tensor]:
        v = F.pad(F.linear(h, weights["embedding.weight"])[:, :, None], (0, (degree + 1) ** 2 - 1))
        for number in range(layers):
            v = convolve(_of(weights, f"layers.{number}.convolution."), v, x, edge_index)
            v = activate(_of(weights, f"layers.{number}.non_linearity."), v)
        features = F.linear(v[:, :, 0], weights["scalars.weight"], weights["scalars.bias"])
        return features, x + F.linear(v[:, :, 1:4].mT, weights["vectors.weight"])[:, :, 0]

    return theirs


def _of(weights: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    """Return the weights whose names start so, without it."""
    return {name.removeprefix(start): value for name, value in weights.items() if name.startswith(start)}
