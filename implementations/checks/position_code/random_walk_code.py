"""Exact checks of the random-walk code."""

import torch
from torch_geometric.data import Data
from torch_geometric.transforms import AddRandomWalkPE
from torch_geometric.utils import coalesce

from implementations.claims.agreement import difference
from implementations.concepts.position_code.random_walk_code import RandomWalkCode


def agrees_with_pyg(generator: torch.Generator) -> float:
    """Return the difference from PyG's transform, which computes in single precision: what is beyond that."""
    edges = coalesce(torch.randint(0, 8, (2, 20), generator=generator))
    code = RandomWalkCode(steps=5).code(edges, 9)  # the last node is isolated
    theirs = AddRandomWalkPE(5)(Data(edge_index=edges, num_nodes=9)).random_walk_pe
    return max(0.0, difference(code, theirs.double()) - 1e-6)


def ring(generator: torch.Generator) -> float:
    """Return the difference on a ring from the mean of powers of cosines, the eigenvalues of a step."""
    nodes, steps = int(torch.randint(3, 9, (), generator=generator)), 6
    here = torch.arange(nodes)
    edges = torch.cat([torch.stack([here, (here + way) % nodes]) for way in (1, -1)], 1)
    eigenvalues = torch.cos(2 * torch.pi * here.double() / nodes)
    expected = torch.stack([(eigenvalues**k).mean() for k in range(1, steps + 1)]).expand(nodes, -1)
    return difference(RandomWalkCode(steps=steps).code(edges, nodes), expected)
