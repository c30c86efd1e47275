"""Exact checks of the Laplacian position code: eigenvectors of a path and of a cycle, and those of PyG."""

import math

import torch
from torch_geometric.data import Data
from torch_geometric.transforms import AddLaplacianEigenvectorPE

from implementations.claims.agreement import difference
from implementations.concepts.position_code.laplacian_position_code import LaplacianPositionCode, settled


def cosines_on_a_path(generator: torch.Generator) -> float:
    """Return the difference, on a path, from the eigenvectors of its walks in closed form, without their signs.

    The entry at node v of the i-th is the root of its degree times cos(pi i v / (n - 1)), up to length.
    """
    nodes = 7
    here = torch.arange(nodes - 1)
    found = LaplacianPositionCode(eigenvectors=3).code(torch.stack([here, here + 1]), nodes)
    degrees = torch.full((nodes, 1), 2.0, dtype=torch.float64).index_fill(0, torch.tensor([0, nodes - 1]), 1.0)
    angles = torch.outer(torch.arange(nodes, dtype=torch.float64), torch.arange(1, 4, dtype=torch.float64))
    expected = degrees.sqrt() * (math.pi / (nodes - 1) * angles).cos()
    return difference(found.abs(), (expected / expected.norm(dim=0)).abs())


def absolute_values_are_those_of_pyg(generator: torch.Generator) -> float:
    """Return the difference from PyG's code, whose signs are random, in a graph whose eigenvalues are all different."""
    links = torch.tensor([[0, 1, 2, 2, 3, 1], [1, 2, 0, 3, 4, 5]])  # a triangle with two tails
    edges = torch.cat([links, links.flip(0)], 1)
    theirs = AddLaplacianEigenvectorPE(k=2, is_undirected=True)(
        Data(edge_index=edges, edge_weight=torch.ones(12).double(), num_nodes=6)
    )
    found = LaplacianPositionCode(eigenvectors=2).code(edges, 6)
    return difference(found.abs(), theirs.laplacian_eigenvector_pe.double().abs())


def bases_are_settled_on_a_cycle(generator: torch.Generator) -> float:
    """Return the difference that a rotation of eigenvectors of equal eigenvalues makes, without their signs.

    All eigenvalues of a cycle but the first and the last are those of two eigenvectors.
    """
    nodes = 8
    step = torch.eye(nodes, dtype=torch.float64).roll(1, 0)
    values, vectors = torch.linalg.eigh(torch.eye(nodes, dtype=torch.float64) - (step + step.T) / 2)
    same = (values[:, None] - values).abs() < 1e-6
    angles = torch.randn(nodes, nodes, generator=generator, dtype=torch.float64)
    rotated = vectors @ torch.linalg.matrix_exp(torch.where(same, angles - angles.T, 0.0))
    weights = torch.rand(nodes, generator=generator, dtype=torch.float64)
    return difference(settled(values, rotated, weights).abs(), settled(values, vectors, weights).abs())
