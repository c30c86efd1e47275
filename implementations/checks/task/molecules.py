"""Exact checks of the molecules of the task and of their orbitals."""

import math

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.task.molecules import Molecule, drawn, gap, orbitals

MOLECULES = 20


def rings_and_chains_have_closed_forms(generator: torch.Generator) -> float:
    """Return the distance of carbons' levels from 2 cos(2 pi k / n) for rings and 2 cos(pi k / (n + 1)) for chains."""
    errors = []
    for n in torch.randint(3, 12, (5,), generator=generator).tolist():
        chain = torch.stack([torch.arange(n - 1), torch.arange(1, n)])
        ring = torch.cat([chain, torch.tensor([[n - 1], [0]])], 1)
        angles = {
            "ring": [2 * math.pi * k / n for k in range(n)],
            "chain": [math.pi * k / (n + 1) for k in range(1, n + 1)],
        }
        for bonds, shape in ((ring, "ring"), (chain, "chain")):
            found = orbitals(_double(Molecule(torch.zeros(n, dtype=torch.long), bonds)))
            expected = 2 * torch.tensor(angles[shape], dtype=torch.float64).cos()
            errors.append(difference(found, expected.sort(descending=True).values))
    return max(errors)


def gaps_of_small_molecules_are_known(generator: torch.Generator) -> float:
    """Return the difference of gaps from those in closed form: ethylene and benzene 2, butadiene sqrt(5) - 1."""
    chain = torch.stack([torch.arange(5), torch.arange(1, 6)])
    ring = torch.cat([chain, torch.tensor([[5], [0]])], 1)
    expected = {2: (chain[:, :1], 2.0), 4: (chain[:, :3], math.sqrt(5) - 1), 6: (ring, 2.0)}
    errors = []
    for atoms, (bonds, known) in expected.items():
        molecule = Molecule(torch.zeros(atoms, dtype=torch.long), bonds)
        errors.append(abs(gap(_double(molecule), molecule.electrons).item() - known))
    return max(errors)


def electrons_are_conserved(generator: torch.Generator) -> float:
    """Return the difference of the sum of the atoms' charges from the number of electrons."""
    errors = []
    for _ in range(MOLECULES):
        molecule = drawn(generator)
        charges = _charges(_double(molecule), molecule.electrons)
        errors.append(abs(float(charges.sum()) / molecule.electrons - 1))
    return max(errors)


def energy_follows_charges(generator: torch.Generator) -> float:
    """Return the difference between charges and the derivative of the energy by the Coulomb integrals."""
    errors = []
    for _ in range(MOLECULES):
        molecule = drawn(generator)
        matrix = _double(molecule)
        levels, filled = orbitals(matrix), molecule.electrons // 2
        if levels[filled - 1] - levels[filled] > 1e-6:  # otherwise it is not determined which orbital is filled
            matrix.requires_grad_()
            (2 * orbitals(matrix)[:filled].sum()).backward()
            errors.append(difference(matrix.grad.diagonal(), _charges(matrix.detach(), molecule.electrons)))
    return max(errors)


def _charges(matrix: Tensor, electrons: int) -> Tensor:
    """Return how many electrons are at each atom, two in each of the most stable orbitals."""
    filled = torch.linalg.eigh(matrix).eigenvectors.flip(1)[:, : electrons // 2]
    return 2 * filled.square().sum(1)


def _double(molecule: Molecule) -> Tensor:
    return molecule.hamiltonian().double()
