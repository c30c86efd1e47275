"""Exact checks of the tensor field convolution: harmonics, coefficients and rotations, by other means."""

import cmath
import math

import torch
from scipy.special import sph_harm_y
from sympy.physics.quantum.cg import CG
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.equivariant_layer.tensor_field_convolution import (
    TensorFieldConvolution,
    clebsch_gordan,
    harmonics,
    matrices,
)

ORDER = {0: [0], 1: [1, 2, 0], 2: [0, 1, 2, 3, 4]}
"""Where the real harmonics with m = -l to l stand among our components."""


def harmonics_are_scipys(generator: torch.Generator) -> float:
    """Return the difference from real parts of SciPy's harmonics, scaled by the root of 4 pi / (2 l + 1)."""
    directions = torch.nn.functional.normalize(torch.randn(9, 3, generator=generator, dtype=torch.float64), dim=1)
    x, y, z = directions.T
    columns = []
    for degree in range(3):
        complex_ones = torch.stack(
            [torch.tensor(sph_harm_y(degree, m, z.arccos(), torch.atan2(y, x))) for m in range(-degree, degree + 1)]
        )
        real = (_to_real(degree) @ complex_ones).real.T * math.sqrt(4 * math.pi / (2 * degree + 1))
        columns.append(torch.empty_like(real).index_copy(1, torch.tensor(ORDER[degree]), real))
    return difference(harmonics(directions, 2), torch.cat(columns, 1))


def coefficients_are_sympys(generator: torch.Generator) -> float:
    """Return the largest difference from SymPy's coefficients, transformed to real components, up to their phase."""
    errors = []
    for i, f, o in ((0, 1, 1), (1, 1, 0), (1, 1, 1), (1, 1, 2), (2, 1, 1), (2, 1, 2), (2, 2, 1), (2, 2, 2)):
        table = torch.zeros(2 * o + 1, 2 * f + 1, 2 * i + 1, dtype=torch.complex128)
        for m in range(-f, f + 1):
            for n in range(-i, i + 1):
                if abs(m + n) <= o:
                    table[o + m + n, f + m, i + n] = float(CG(f, m, i, n, o, m + n).doit())
        inverses = _to_real(f).inverse(), _to_real(i).inverse()
        real = torch.einsum("xo,ofi,fy,iz->xyz", _to_real(o), table, *inverses)
        ours = clebsch_gordan(i, f, o)[ORDER[o]][:, ORDER[f]][:, :, ORDER[i]]
        at = ours.abs().argmax()
        phase = cmath.phase(complex(real.flatten()[at] / ours.flatten()[at]))
        errors.append(difference(torch.view_as_real(real * cmath.exp(-1j * phase)), torch.view_as_real(ours + 0j)))
    return max(errors)


def products_of_vectors(generator: torch.Generator) -> float:
    """Return the largest difference of three products of two vectors from the textbook's."""
    v, w = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    products = [torch.einsum("ofi,f,i->o", clebsch_gordan(1, 1, degree), v, w) for degree in range(3)]
    symmetric = (torch.outer(v, w) + torch.outer(w, v)) / 2
    traceless = symmetric - v.dot(w) / 3 * torch.eye(3, dtype=torch.float64)
    return max(
        difference(products[0][0], v.dot(w) / math.sqrt(3)),
        difference(products[1], torch.linalg.cross(v, w) / math.sqrt(2)),
        difference(torch.einsum("m,mab->ab", products[2], matrices()[2]), traceless),
    )


def rotations_commute(generator: torch.Generator) -> float:
    """Return the difference between the layer of everything rotated and what the layer returns, rotated."""
    layer = TensorFieldConvolution(degree=2).double().requires_grad_(False)
    for parameter in layer.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    inputs = layer.example_inputs(generator)
    h, x, edges = inputs["h"].double(), inputs["x"].double(), inputs["edge_index"]
    turn = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64)).Q
    turn = turn * turn.det()  # a rotation
    wigner = torch.block_diag(*(torch.einsum("mab,ac,ncd,bd->mn", basis, turn, basis, turn) for basis in matrices()))
    return difference(layer(h @ wigner.T, x @ turn.T, edges), layer(h, x, edges) @ wigner.T)


def _to_real(degree: int) -> Tensor:
    """Return the matrix from complex harmonics with m = -l to l to real ones, as sine and cosine of m."""
    matrix = torch.zeros(2 * degree + 1, 2 * degree + 1, dtype=torch.complex128)
    matrix[degree, degree] = 1
    half = math.sqrt(0.5)
    for m in range(1, degree + 1):
        matrix[degree + m, degree + m], matrix[degree + m, degree - m] = (-1) ** m * half, half
        matrix[degree - m, degree - m], matrix[degree - m, degree + m] = 1j * half, -1j * (-1) ** m * half
    return matrix
