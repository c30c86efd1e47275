"""Experiment: a matrix is completed by products of one, two and three matrices.

Source: the lecture, S4 and S16; Arora et al. 2019 (arora2019implicit).

Method: a random matrix of 20 by 20 and rank 2 is to be found from 140 of its entries. A deep linear network of depth 1,
2 or 3, whose matrices are all of 20 by 20, is trained by gradient descent on the squared errors of these entries, from
random weights whose product is small. Every depth can represent every matrix. Finally depth 3 is trained from weights
whose product is not small.

Measures:
    rank_two_by_one: effective rank of the solution of depth 2, divided by that of depth 1; the effective rank is the
        exponential of the entropy of the singular values, divided by their sum.
    rank_three_by_two: the same, depth 3 divided by depth 2.
    error_two, error_three: root mean squared error on the other entries, depths 2 and 3, divided by that of depth 1.
    residual: largest of the mean squared errors on the known entries, divided by their mean square.
    error_large: as `error_three`, from weights that are not small.
    depth: 1, 2, 3; rank: effective rank; error: root mean squared error on the other entries, divided by their root
        mean square.
"""

import torch
from torch import Tensor

from implementations.architectures.feedforward.deep_linear_network import DeepLinearNetwork
from kb.training import descend

SIZE, RANK, KNOWN = 20, 2, 140
DEPTHS, RATES = [1, 2, 3], {1: 0.5, 2: 0.03, 3: 0.01}
SMALL, LARGE, STEPS = 1e-3, 1.0, 6000


def run(seed: int) -> dict[str, float | list[float]]:
    """Complete the matrix with all depths.

    Args:
        seed: Seed of the matrix, the entries that are known, and the weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    left, right = (torch.randn(SIZE, RANK, generator=generator, dtype=torch.float64) for _ in range(2))
    expected = left @ right.T / SIZE**0.5
    known = torch.zeros(SIZE * SIZE, dtype=torch.bool)
    known[torch.randperm(SIZE * SIZE, generator=generator)[:KNOWN]] = True
    known = known.view(SIZE, SIZE)
    found = [completed(depth, SMALL, expected, known, generator) for depth in DEPTHS]
    large = completed(3, LARGE, expected, known, generator)
    ranks = [effective_rank(matrix) for matrix in found]
    errors = [relative_error(matrix, expected, ~known) for matrix in found]
    return {
        "rank_two_by_one": ranks[1] / ranks[0],
        "rank_three_by_two": ranks[2] / ranks[1],
        "error_two": errors[1] / errors[0],
        "error_three": errors[2] / errors[0],
        "residual": max(relative_error(matrix, expected, known) ** 2 for matrix in [*found, large]),
        "error_large": relative_error(large, expected, ~known) / errors[0],
        "depth": [float(depth) for depth in DEPTHS],
        "rank": ranks,
        "error": errors,
    }


def completed(depth: int, size: float, expected: Tensor, known: Tensor, generator: torch.Generator) -> Tensor:
    """Return the product of the matrices after training, from random ones whose product has about a given size."""
    network = DeepLinearNetwork(in_features=SIZE, hidden=[SIZE] * (depth - 1), out_features=SIZE).double()
    with torch.no_grad():
        for weight in network.parameters():
            noise = torch.randn(weight.shape, generator=generator, dtype=weight.dtype)
            weight.copy_(size ** (1 / depth) * noise / SIZE**0.5)
    identity = torch.eye(SIZE, dtype=torch.float64)

    def loss() -> Tensor:
        return (network(identity) - expected)[known].square().sum() / 2

    descend(torch.optim.SGD(network.parameters(), lr=RATES[depth]), loss, steps=STEPS)
    return network(identity).detach()


def effective_rank(matrix: Tensor) -> float:
    """Return the exponential of the entropy of the singular values, divided by their sum."""
    values = torch.linalg.svdvals(matrix)
    shares = values / values.sum()
    return torch.special.entr(shares).sum().exp().item()


def relative_error(matrix: Tensor, expected: Tensor, where: Tensor) -> float:
    """Return the root mean squared error of some entries, divided by their root mean square."""
    return ((matrix - expected)[where].norm() / expected[where].norm()).item()
