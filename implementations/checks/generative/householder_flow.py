"""Exact checks of the Householder flow."""

import torch

from implementations.architectures.generative.householder_flow import HouseholderFlow
from implementations.claims.agreement import difference


def inverse_undoes_it(generator: torch.Generator) -> float:
    """Return the difference from the identity of the map and its inverse, in either order."""
    flow = HouseholderFlow(features=7, reflections=4).double()
    z = torch.randn(20, 7, generator=generator, dtype=torch.float64)
    return max(difference(flow.inverse(flow(z)), z), difference(flow(flow.inverse(z)), z))


def as_many_reflections_as_features_reach_any_orthogonal_matrix(generator: torch.Generator) -> float:
    """Return the difference of a flow from a random orthogonal matrix, whose mirrors are found one axis at a time."""
    size = 5
    flow = HouseholderFlow(features=size, reflections=size).double()
    matrix = torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64))[0]
    matrix[0] *= -matrix.det().sign()  # an odd number of reflections has the determinant -1
    rest, axes = matrix, torch.eye(size, dtype=torch.float64)
    for step, axis in enumerate(axes):  # the mirror between an axis and its image maps one to the other
        normal = rest[:, step] - axis
        flow.reflections[size - 1 - step].normal.data = normal
        rest = rest - 2 * torch.outer(normal, normal @ rest) / normal.square().sum()
    return max(difference(flow(axes).T, matrix), difference(rest, axes))


def density_is_that_of_the_rotated_gaussian(generator: torch.Generator) -> float:
    """Return the difference of log q(z_0) from the density of the dependent Gaussian at z_T."""
    flow = HouseholderFlow(features=4, reflections=3).double()
    deviations = torch.rand(4, generator=generator, dtype=torch.float64) + 0.5
    z = deviations * torch.randn(10, 4, generator=generator, dtype=torch.float64)
    matrix = flow(torch.eye(4, dtype=torch.float64)).T
    covariance = matrix @ deviations.square().diag() @ matrix.T
    zero = torch.zeros(4, dtype=torch.float64)
    independent = torch.distributions.Normal(zero, deviations).log_prob(z).sum(1)
    return difference(torch.distributions.MultivariateNormal(zero, covariance).log_prob(flow(z)), independent)
