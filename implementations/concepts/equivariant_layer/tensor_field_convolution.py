"""Tensor field convolution: filters with spherical harmonics, so that scalars, vectors and tensors rotate with space.

Source: Thomas et al. 2018, "Tensor field networks" (thomas2018tensor), in the form of the authors' code.

Equations:
    F_m(r) = R(|r|) Y^f_m(r / |r|)
    L^o_m(a) = sum over m_f, m_i of C^o_m(f m_f, i m_i) sum over neighbours b of F_{m_f}(r_a - r_b) V^i_{m_i}(b)
    V'^o = W^o [L^o of every path (i, f) -> o] + b,   b for degree o = 0 only
    R(d) = W_2 relu(W_1 e(d) + b_1) + b_2,   e_k(d) = exp(-gamma (d - mu_k)^2),   mu_k from 0 to the reach

Shapes: N nodes, E edges, X = 3 coordinates, D channels, M = (degree + 1)^2 components of all degrees.
"""

import math
from itertools import product

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.sum_aggregation import SumAggregation
from kb.guards import checked_arguments


def matrices() -> list[Tensor]:
    """Return orthonormal bases of the matrices that rotate as the degrees 0, 1 and 2.

    A 3 x 3 matrix is a multiple of the identity, an antisymmetric one and a symmetric one without trace, added up. The
    order within a degree is that of the authors' code: x, y, z, and xy, yz, 2 z^2 - x^2 - y^2, zx, x^2 - y^2.

    Example:
        >>> [len(basis) for basis in matrices()]
        [1, 3, 5]
    """
    one = torch.eye(9, dtype=torch.float64, device="cpu").view(3, 3, 3, 3)  # one[i, j]: 1 in row i and column j
    x, y, z = range(3)
    scalar = [one[x, x] + one[y, y] + one[z, z]]
    vector = [one[y, z] - one[z, y], one[z, x] - one[x, z], one[x, y] - one[y, x]]
    square = 2 * one[z, z] - one[x, x] - one[y, y]
    tensor = [one[x, y] + one[y, x], one[y, z] + one[z, y], square, one[z, x] + one[x, z], one[x, x] - one[y, y]]
    return [F.normalize(torch.stack(basis), dim=(1, 2)) for basis in (scalar, vector, tensor)]


def clebsch_gordan(i: int, f: int, o: int) -> Tensor:
    """Return the coefficients `[2 o + 1, 2 f + 1, 2 i + 1]` of the degrees of an input, a filter and an output.

    The trace of a product of three matrices does not change if all of them are rotated, and there is only one such
    product of three degrees, up to its scale.

    Example:
        >>> e, v, w = torch.eye(3, dtype=torch.float64)
        >>> torch.einsum("ofi,f,i->o", clebsch_gordan(1, 1, 1), e, v) * math.sqrt(2)
        tensor([0., 0., 1.], dtype=torch.float64)
    """
    basis = matrices()
    table = torch.einsum("oab,fbc,ica->ofi", basis[o], basis[f], basis[i])
    sign = table[table.abs() > 1e-6][0].sign()  # the first coefficient is positive
    return table * (sign * math.sqrt(2 * o + 1) / table.norm())


def harmonics(directions: Tensor, degree: int) -> Tensor:
    """Return the spherical harmonics `[E, M]` of directions `[E, 3]`, those of each degree with the length 1."""
    tensor = matrices()[2].to(directions)
    square = math.sqrt(1.5) * torch.einsum("ea,mab,eb->em", directions, tensor, directions)
    return torch.cat([torch.ones_like(directions[:, :1]), directions, square][: degree + 1], 1)


class TensorFieldConvolution(nn.Module):
    """A convolution along every path of degrees, their concatenation, and a linear map of the channels of each degree.

    Args:
        features: Number D of channels of each degree.
        degree: Largest degree: 0 for scalars, 1 for vectors too, 2 for symmetric tensors without trace too.
        gaussians: Number of Gaussians that encode a distance, and of hidden units of the radial functions.
        reach: Distance at which the last Gaussian is.
        cross_products: Whether there are paths with an odd sum of degrees, such as the cross product of two vectors.

    Raises:
        ValueError: The reach is not positive.
    """

    @checked_arguments(degree=(0, 2))
    def __init__(
        self,
        *,
        features: int = 3,
        degree: int = 1,
        gaussians: int = 4,
        reach: float = 3.5,
        cross_products: bool = True,
    ) -> None:
        super().__init__()
        if reach <= 0:
            raise ValueError(f"reach ({reach}) must be positive")
        self.features, self.degree, self.gaussians, self.reach = features, degree, gaussians, reach
        degrees = range(degree + 1)
        self.paths = [
            (i, f, o)
            for i, f, o in product(degrees, repeat=3)
            if abs(i - f) <= o <= i + f and (cross_products or (i + f + o) % 2 == 0)
        ]
        self.tables = [clebsch_gordan(*path) for path in self.paths]  # no buffers: those would be rounded to 32 bits
        self.radial = nn.Sequential(
            nn.Linear(gaussians, gaussians), nn.ReLU(), nn.Linear(gaussians, len(self.paths) * features)
        )
        self.aggregate = SumAggregation()
        self.self_interaction = nn.ModuleList(
            nn.Linear(sum(path[2] == o for path in self.paths) * features, features, bias=o == 0) for o in degrees
        )
        for layer in (self.radial[0], self.radial[2], self.self_interaction[0]):
            nn.init.zeros_(layer.bias)
        for layer in (self.radial[0], self.radial[2]):
            nn.init.xavier_uniform_(layer.weight)
        for layer in self.self_interaction:
            nn.init.orthogonal_(layer.weight)

    def forward(
        self, h: Float[Tensor, "N D M"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"]
    ) -> Float[Tensor, "N D M"]:
        """Return the new features of all nodes at the points x; `edge_index` lists sources and targets."""
        source, target = edge_index
        r = x[target] - x[source]
        sizes = [2 * degree + 1 for degree in range(self.degree + 1)]
        y = harmonics(F.normalize(r, dim=1), self.degree).split(sizes, 1)  # of a point with itself: degree 0 only
        v = h.split(sizes, 2)
        radial = self.radial(self.encoded(torch.linalg.vector_norm(r, dim=1)))
        results: list[list[Tensor]] = [[] for _ in sizes]
        for (i, f, o), table, weights in zip(self.paths, self.tables, radial.split(self.features, 1), strict=True):
            filters = torch.einsum("ofi,ef->eio", table.to(h), y[f])  # [E, 2 i + 1, 2 o + 1]
            messages = weights[:, :, None] * (v[i][source] @ filters)  # [E, D, 2 o + 1]
            results[o].append(self.aggregate(messages.flatten(1), target, len(h)).unflatten(1, messages.shape[1:]))
        mixed = [mix(torch.cat(found, 1).mT).mT for mix, found in zip(self.self_interaction, results, strict=True)]
        return torch.cat(mixed, 2)

    def encoded(self, distances: Float[Tensor, " E"]) -> Float[Tensor, "E K"]:
        """Return the values of all Gaussians at some distances."""
        centres = torch.linspace(0, self.reach, self.gaussians, dtype=distances.dtype, device=distances.device)
        return torch.exp(-self.gaussians / self.reach * (distances[:, None] - centres).square())

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 8) -> dict[str, Tensor]:
        """Return random features of random points along random edges; the last node has no neighbours."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        return {
            "h": torch.randn(N, self.features, (self.degree + 1) ** 2, generator=generator),
            "x": torch.randn(N, 3, generator=generator),
            "edge_index": torch.stack([source, target]),
        }
