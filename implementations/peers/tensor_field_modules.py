"""Tensor field layers composed of e3nn's modules, as functions of our weights.

e3nn's polar axis is y, so that our axes x, y, z are its z, x, y; its order within degree 2 is then ours. Four of its
coefficients have the opposite sign. All degrees are called even, so that cross products are allowed.
"""

import math
from collections.abc import Callable

import torch
from e3nn import o3
from e3nn.nn import NormActivation
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.precision import double_precision

Weights = dict[str, Tensor]
Layer = Callable[..., Tensor]

OPPOSITE = {(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2)}
"""Degrees of an input, a filter and an output where e3nn's coefficients have the opposite sign."""


def flattened(h: Tensor) -> Tensor:
    """Return features `[N, D, M]` as e3nn has them: degree after degree, vectors as y, z, x."""
    parts = [h[:, :, degree**2 : (degree + 1) ** 2] for degree in range(math.isqrt(h.shape[2]))]
    return torch.cat([_turned(part, 1).flatten(1) for part in parts], 1)


def restored(h: Tensor, features: int) -> Tensor:
    """Return e3nn's features as ours, `[N, D, M]`."""
    degrees = math.isqrt(h.shape[1] // features)
    parts = h.split([features * (2 * degree + 1) for degree in range(degrees)], 1)
    return torch.cat([_turned(part.unflatten(1, (features, -1)), -1) for part in parts], 2)


def _turned(part: Tensor, way: int) -> Tensor:
    """Return vectors with their coordinates in another order, and other degrees unchanged."""
    return part.roll(-way, 2) if part.shape[2] == 3 else part


def convolution(features: int, degree: int, gaussians: int, reach: float, cross_products: bool) -> Layer:
    """Return the convolution and the self-interaction as a function of our weights, features, points and edges."""
    degrees = range(degree + 1)
    paths = [
        (i, f, o)
        for i in degrees
        for f in degrees
        for o in degrees
        if abs(i - f) <= o <= i + f and (cross_products or (i + f + o) % 2 == 0)
    ]
    inputs = o3.Irreps([(features, (i, 1)) for i in degrees])
    found = o3.Irreps([(features, (o, 1)) for _, _, o in paths])
    with double_precision():
        product = o3.TensorProduct(
            inputs,
            o3.Irreps([(1, (f, 1)) for f in degrees]),
            found,
            [(i, f, number, "uvu", True) for number, (i, f, _) in enumerate(paths)],
            irrep_normalization="none",
            path_normalization="none",
            internal_weights=False,
            shared_weights=False,
        )
    gains = [(-1 if path in OPPOSITE else 1) * math.sqrt(2 * path[2] + 1) for path in paths]
    scale = torch.tensor(gains, dtype=torch.float64).repeat_interleave(features)
    numbers = [[number for number, path in enumerate(paths) if path[2] == o] for o in degrees]
    mixes = [
        o3.Linear([(len(of) * features, (o, 1))], [(features, (o, 1))], internal_weights=False)
        for o, of in zip(degrees, numbers, strict=True)
    ]

    def theirs(weights: Weights, h: Tensor, x: Tensor, edge_index: Tensor) -> Tensor:
        source, target = edge_index
        r = x[target] - x[source]
        y = o3.spherical_harmonics(list(degrees), r[:, [1, 2, 0]], normalize=True, normalization="norm")
        distances = r.norm(dim=1)
        centres = torch.linspace(0, reach, gaussians, dtype=torch.float64)
        encoded = torch.exp(-gaussians / reach * (distances[:, None] - centres) ** 2)
        hidden = F.linear(encoded, weights["radial.0.weight"], weights["radial.0.bias"]).relu()
        radial = F.linear(hidden, weights["radial.2.weight"], weights["radial.2.bias"])
        messages = product(flattened(h)[source], y, scale * radial)
        sums = torch.zeros(len(h), messages.shape[1], dtype=messages.dtype).index_add(0, target, messages)
        parts = [sums[:, place] for place in found.slices()]
        results = []
        for o, (mix, of) in enumerate(zip(mixes, numbers, strict=True)):
            matrix = weights[f"self_interaction.{o}.weight"]
            joined = torch.cat([parts[number] for number in of], 1)
            # e3nn divides by the root of the number of inputs.
            results.append(mix(joined, matrix.T.flatten() * math.sqrt(matrix.shape[1])))
        bias = F.pad(weights["self_interaction.0.bias"], (0, sum(part.shape[1] for part in results[1:])))
        return restored(torch.cat(results, 1) + bias, features)

    return theirs


def non_linearity(features: int, degree: int) -> Layer:
    """Return the non-linearity as a function of our weights and features."""
    higher = o3.Irreps([(features, (i, 1)) for i in range(1, degree + 1)])
    with double_precision():
        activation = NormActivation(higher, softplus, normalize=True, epsilon=1e-4, bias=True)

    def theirs(weights: Weights, h: Tensor) -> Tensor:
        flat, named = flattened(h), {"biases": weights["bias"].flatten()}
        others = torch.func.functional_call(activation, named, (flat[:, features:],))
        return restored(torch.cat([softplus(flat[:, :features]), others], 1), features)

    return theirs


def softplus(x: Tensor) -> Tensor:
    """Return the shifted softplus."""
    return F.softplus(x) - math.log(2)
