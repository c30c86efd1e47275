"""Experiment: a complementary learning system whose network does not count, against k nearest neighbours.

Source: Khandelwal et al. 2020, eq. 2 and 3 (khandelwal2020generalization); Cover & Hart 1967 (cover1967nearest).

Measures:
    agreement_error: difference between the two where the share of the memory is one, and all votes count the same.
    mixed_difference: the same where the network has a share of one half.
    weighted_difference: the same where near examples count more.
"""

import torch

from implementations.architectures.memory.complementary_learning_system import ComplementaryLearningSystem
from implementations.architectures.nonparametric.k_nearest_neighbours import KNearestNeighbours
from implementations.claims.agreement import difference


def run(seed: int) -> dict[str, float]:
    """Compare the two on random examples.

    Args:
        seed: Seed of examples and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x, memory = (torch.randn(count, 4, generator=generator, dtype=torch.float64) for count in (20, 40))
    labels = torch.randint(0, 3, (40,), generator=generator)
    expected = KNearestNeighbours(neighbours=5, classes=3)(x, memory, labels)

    def differs(mixing: float, sharpness: float) -> float:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            system = ComplementaryLearningSystem(mixing=mixing, sharpness=sharpness, neighbours=5).double()
        return difference(system(x, memory, labels).exp(), expected)

    return {
        "agreement_error": differs(1.0, 0.0),
        "mixed_difference": differs(0.5, 0.0),
        "weighted_difference": differs(1.0, 1.0),
    }
