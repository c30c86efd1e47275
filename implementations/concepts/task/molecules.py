"""Molecules: the gap in energy between the highest filled and the lowest empty orbital of a molecule.

Source: the task follows Gilmer et al. 2017 (gilmer2017neural), where this gap is one of the targets. There molecules
and targets come from a data set; here random conjugated molecules are drawn, and the targets come from Hückel's method,
https://en.wikipedia.org/wiki/H%C3%BCckel_method, with Streitwieser's parameters for atoms other than carbon as
https://github.com/jschrier/HuckelTheory has them.

Shapes: N atoms of a molecule, 6 to 12; E = 2 bonds, each both ways; F = 5 kinds of atoms, C = 1 for the bond integral,
G = 1 gap, in units of that of a bond between carbons. The molecules of a batch form one graph.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from kb.guards import checked_arguments

KINDS = ("C", "N", "N:", "O", "O:")
COULOMB = torch.tensor([0.0, 0.5, 1.5, 1.0, 2.0])
BOND = torch.tensor([1.0, 1.0, 0.8, 1.0, 0.8])  # with a carbon
GIVEN = torch.tensor([1, 1, 2, 1, 2])  # electrons that an atom gives to the common orbitals
BONDS = torch.tensor([3, 2, 3, 1, 2])  # the largest number of bonds of an atom within the conjugated part
SHARE = torch.tensor([0.0, 0.4, 0.1, 0.3, 0.2])  # of the kinds other than carbon
OTHER = 0.3  # probability that an atom whose neighbours are carbons becomes another kind
LEAST, MOST = 6, 12
MOLECULES, TEST_MOLECULES = 2000, 400


@dataclass(frozen=True)
class Molecule:
    """A conjugated molecule.

    Args:
        kinds: Kind of each atom, `[N]`.
        bonds: Pairs of atoms, `[2, bonds]`, each once.
    """

    kinds: Tensor
    bonds: Tensor

    @property
    def integrals(self) -> Tensor:
        """The integral of every bond, `[bonds]`; at most one of its atoms is not a carbon."""
        return BOND[self.kinds[self.bonds]].min(0).values

    @property
    def electrons(self) -> int:
        """Electrons in the common orbitals."""
        return int(GIVEN[self.kinds].sum())

    def hamiltonian(self) -> Tensor:
        """Return the matrix `[N, N]` of Coulomb and bond integrals, with the opposite sign: larger is more stable."""
        matrix = torch.diag(COULOMB[self.kinds])
        first, second = self.bonds
        return matrix.index_put((torch.cat([first, second]), torch.cat([second, first])), self.integrals.repeat(2))


def orbitals(hamiltonian: Tensor) -> Tensor:
    """Return the stabilities `[N]` of the orbitals, the most stable first."""
    return torch.linalg.eigvalsh(hamiltonian).flip(0)


def gap(hamiltonian: Tensor, electrons: int) -> Tensor:
    """Return how much less stable the first empty orbital is than the last filled one; electrons are in pairs."""
    levels = orbitals(hamiltonian)
    return levels[electrons // 2 - 1] - levels[electrons // 2]


class Molecules:
    """Predict the gap of a molecule from its atoms and bonds.

    Args:
        generator: Draws molecules and batches.
        molecules: Molecules of a batch.

    Example:
        >>> inputs, target = Molecules(generator=torch.Generator().manual_seed(0), molecules=8).batch()
        >>> sorted(inputs), target.shape
        (['e', 'edge_index', 'graph', 'x'], torch.Size([8, 1]))
    """

    metric, higher_is_better = "mean absolute error", False
    steps, learning_rate = 900, 1e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, molecules: int = 32) -> None:
        self.generator, self.molecules = generator, molecules
        self.known = [drawn(generator) for _ in range(MOLECULES)]
        self.gaps = _gaps(self.known)
        held_out = [drawn(generator) for _ in range(TEST_MOLECULES)]
        self._test = side_by_side(held_out), _gaps(held_out)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return some of the molecules and their gaps."""
        chosen = torch.randint(0, MOLECULES, (self.molecules,), generator=self.generator)
        return side_by_side([self.known[index] for index in chosen.tolist()]), self.gaps[chosen]

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the molecules set aside, and their gaps."""
        return self._test

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean squared error of the first output, that of the molecules."""
        return F.mse_loss(output[0], target)

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the mean absolute error."""
        return float(F.l1_loss(output[0], target))

    def baseline(self) -> float:
        """Return the error of a linear function of the numbers of atoms of each kind and of bonds."""
        counts, target = _counts(self.known), self._test[1]
        weights = torch.linalg.lstsq(counts, self.gaps).solution
        inputs = self._test[0]
        return float(F.l1_loss(_counts_of(inputs, len(target)) @ weights, target))


def _gaps(molecules: list[Molecule]) -> Tensor:
    return torch.stack([gap(molecule.hamiltonian(), molecule.electrons) for molecule in molecules])[:, None]


def _counts(molecules: list[Molecule]) -> Tensor:
    return _counts_of(side_by_side(molecules), len(molecules))


def _counts_of(inputs: dict[str, Tensor], molecules: int) -> Tensor:
    """Return numbers `[molecules, 7]` of atoms of each kind, of bonds, and a one."""
    atoms = torch.zeros(molecules, len(KINDS)).index_add(0, inputs["graph"], inputs["x"])
    ends = torch.bincount(inputs["graph"][inputs["edge_index"][1]], minlength=molecules)
    return torch.cat([atoms, ends[:, None] / 2, torch.ones(molecules, 1)], 1)


def side_by_side(molecules: list[Molecule]) -> dict[str, Tensor]:
    """Return molecules as one graph: kinds, bonds in both directions, their integrals, and every atom's molecule."""
    sizes = torch.tensor([len(molecule.kinds) for molecule in molecules])
    firsts = sizes.cumsum(0) - sizes
    bonds = torch.cat([molecule.bonds + first for molecule, first in zip(molecules, firsts, strict=True)], 1)
    integrals = torch.cat([molecule.integrals for molecule in molecules])
    return {
        "x": F.one_hot(torch.cat([molecule.kinds for molecule in molecules]), len(KINDS)).float(),
        "edge_index": torch.cat([bonds, bonds.flip(0)], 1),
        "e": integrals.repeat(2)[:, None],
        "graph": torch.arange(len(molecules)).repeat_interleave(sizes),
    }


def drawn(generator: torch.Generator) -> Molecule:
    """Draw a molecule with an even number of electrons: rings and branches of carbons, some of which are replaced."""
    while True:
        bonds, atoms = _skeleton(generator)
        molecule = Molecule(_kinds(bonds, atoms, generator), torch.tensor(bonds).T)
        if molecule.electrons % 2 == 0 and molecule.electrons < 2 * atoms:
            return molecule


def _skeleton(generator: torch.Generator) -> tuple[list[tuple[int, int]], int]:
    """Draw the bonds of a molecule, and its number of atoms, which have at most three bonds each."""

    def chosen(choices: int) -> int:
        return int(torch.randint(0, choices, (1,), generator=generator))

    size = LEAST + chosen(MOST - LEAST - 2)
    bonds, degree = [(0, 1)], [1, 1]
    while len(degree) < size:
        open_bonds = [pair for pair in bonds if all(degree[atom] < 3 for atom in pair)]
        ring = chosen(2) and open_bonds
        # A ring of five or six grows on a bond, or a branch of one atom on an atom.
        free = [atom for atom in range(len(degree)) if degree[atom] < 3]
        start, end = open_bonds[chosen(len(open_bonds))] if ring else (free[chosen(len(free))], None)
        new = list(range(len(degree), len(degree) + (3 + chosen(2) if ring else 1)))
        path = [start, *new] if end is None else [start, *new, end]
        degree += [0] * len(new)
        for pair in pairwise(path):
            bonds.append(pair)
            for atom in pair:
                degree[atom] += 1
    return bonds, len(degree)


def _kinds(bonds: list[tuple[int, int]], atoms: int, generator: torch.Generator) -> Tensor:
    """Draw the kinds of atoms; only carbons are next to an atom of another kind."""
    neighbours: list[list[int]] = [[] for _ in range(atoms)]
    for first, second in bonds:
        neighbours[first].append(second)
        neighbours[second].append(first)
    kinds = torch.zeros(atoms, dtype=torch.long)
    for atom in torch.randperm(atoms, generator=generator).tolist():
        may = SHARE * (len(neighbours[atom]) <= BONDS)
        if not kinds[neighbours[atom]].any() and torch.rand(1, generator=generator) < OTHER:
            kinds[atom] = torch.multinomial(may, 1, generator=generator)
    return kinds
