"""Experiment: how evenly a gate uses its experts after training, with and without a loss that asks for it.

Source: Shazeer et al. 2017, sec. 4, eq. 6 and 7 (shazeer2017outrageously).

Method: a random perceptron with one hidden layer is the target; inputs are normal numbers. Eight experts, of which a
gate chooses two, learn it by the squared error, with fresh inputs in every step. The same start and the same inputs are
used twice: once with the additional loss, the square of the coefficient of variation of the importance of the experts
in the batch, times its factor. The importance is the sum of gate values over inputs; it is reported for fresh ones.

Measures:
    steps: numbers of steps after which the importance is computed.
    without_loss, with_loss: coefficient of variation of the importance after these steps.
    first_variation: the first of both, before training.
    variation, balanced_variation: the last of `without_loss`, and of `with_loss`.
    learned: squared error after training without the loss, over that of the mean.
    balanced_learned: the same with the loss.
"""

import torch
from torch import Tensor, nn

from implementations.claims.precision import double_precision
from implementations.concepts.gating_mechanism.sparsely_gated_experts import SparselyGatedExperts
from kb.training import descend

FEATURES, HIDDEN, EXPERTS, CHOSEN, TARGET = 8, 16, 8, 2, 32
BATCH, FRESH, EVERY, TIMES, RATE = 256, 4096, 200, 15, 3e-3
FACTOR = 0.1  # of the additional loss, as in the paper's models (app. C.1), which have another on loads


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train with and without the loss.

    Args:
        seed: Seed of the target, the start and all inputs.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    target = nn.Sequential(nn.Linear(FEATURES, TARGET), nn.Tanh(), nn.Linear(TARGET, FEATURES)).requires_grad_(False)
    for layer in (target[0], target[2]):
        nn.init.normal_(layer.weight, std=2 * layer.in_features**-0.5)
    start = SparselyGatedExperts(width=FEATURES, hidden=HIDDEN, experts=EXPERTS, chosen=CHOSEN)
    plain, balanced = (trained(start, target, factor, seed) for factor in (0.0, FACTOR))
    return {
        "steps": [float(EVERY * number) for number in range(TIMES + 1)],
        "without_loss": plain[0],
        "with_loss": balanced[0],
        "first_variation": plain[0][0],
        "variation": plain[0][-1],
        "balanced_variation": balanced[0][-1],
        "learned": plain[1],
        "balanced_learned": balanced[1],
    }


def trained(start: SparselyGatedExperts, target: nn.Module, factor: float, seed: int) -> tuple[list[float], float]:
    """Return how the importance varies in the course of training, and the error after it."""
    network = SparselyGatedExperts(width=FEATURES, hidden=HIDDEN, experts=EXPERTS, chosen=CHOSEN)
    network.load_state_dict(start.state_dict())
    generator = torch.Generator().manual_seed(seed)
    fresh = torch.randn(1, FRESH, FEATURES, generator=generator)

    def loss() -> Tensor:
        x = torch.randn(1, BATCH, FEATURES, generator=generator)
        error = (network(x) - target(x)).square().mean()
        return error + factor * variation(network, x).square()

    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    found = [variation(network, fresh).item()]
    for _ in range(TIMES):
        descend(optimiser, loss, steps=EVERY)
        found.append(variation(network, fresh).item())
    with torch.no_grad():
        error = (network(fresh) - target(fresh)).square().mean() / target(fresh).var(1).mean()
    return found, error.item()


def variation(network: SparselyGatedExperts, x: Tensor) -> Tensor:
    """Return the standard deviation of the importance of experts over its mean."""
    scores, chosen = network.gate(x).topk(network.chosen)  # [1, T, chosen]
    gates = torch.zeros(*x.shape[:2], network.experts).scatter(2, chosen, scores.softmax(2))
    importance = gates.sum((0, 1))
    return importance.std(correction=0) / importance.mean()
