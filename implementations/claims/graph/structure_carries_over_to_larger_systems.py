"""Experiment: forces of springs, learned for four bodies and tested for ten, with and without a graph.

Source: the lecture, S24; Battaglia et al. 2016 (battaglia2016interaction), Battaglia et al. 2018
(battaglia2018relational).

Method: bodies lie at random positions in a square, and most pairs of them are joined by a spring of length one quarter
and random stiffness. The target is the force on each body. An interaction network sees every spring as a relation, with
the displacement of its ends and its stiffness. A multilayer perceptron sees the same numbers for all pairs of four
bodies in one vector, with a stiffness of zero where there is no spring. Both are trained on equally many systems of
four bodies, and no system occurs twice.

Measures:
    error_larger: mean squared error of the interaction network for ten bodies, divided by the variance of the forces.
    error, error_perceptron: the same for four bodies, of both.
    lead: the perceptron's error divided by the interaction network's, for four bodies.
    parameters, parameters_perceptron: numbers of parameters.
    error_mean: as `error_larger`, for a network that takes the mean of the effects instead of their sum.
    bodies: 2, 3, 4, 6, 8, 10; summing, averaging: errors of the two networks by the number of bodies.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.architectures.graph.interaction_network import InteractionNetwork
from implementations.concepts.aggregation.mean_aggregation import MeanAggregation
from kb.training import descend

TRAINED_BODIES, TESTED_BODIES, COUNTS, TEST = 4, 10, (2, 3, 4, 6, 8, 10), 500
RATES, STEPS, BATCH, REST, JOINED = (5e-3, 1e-3, 2e-4), 1000, 64, 0.25, 0.7


def run(seed: int) -> dict[str, float | list[float]]:
    """Train all three on four bodies, and test them on more and on fewer.

    Args:
        seed: Seed of weights and systems.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        summing, averaging = (InteractionNetwork(**SIZES) for _ in range(2))
        perceptron = MLP(
            in_features=3 * TRAINED_BODIES * (TRAINED_BODIES - 1) // 2,
            hidden=[128, 128],
            out_features=2 * TRAINED_BODIES,
        )
    averaging.aggregate = MeanAggregation()
    for network in (summing, averaging, perceptron):
        train(network, seed)
    errors = {
        name: [error(network, bodies) for bodies in COUNTS]
        for name, network in (("summing", summing), ("averaging", averaging))
    }
    alone = error(perceptron, TRAINED_BODIES)
    return {
        "error_larger": errors["summing"][COUNTS.index(TESTED_BODIES)],
        "error": errors["summing"][COUNTS.index(TRAINED_BODIES)],
        "error_perceptron": alone,
        "lead": alone / errors["summing"][COUNTS.index(TRAINED_BODIES)],
        "parameters": float(sum(weight.numel() for weight in summing.parameters())),
        "parameters_perceptron": float(sum(weight.numel() for weight in perceptron.parameters())),
        "error_mean": errors["averaging"][COUNTS.index(TESTED_BODIES)],
        "bodies": [float(bodies) for bodies in COUNTS],
        **errors,
    }


SIZES = {"in_features": 1, "edge_features": 3, "external_features": 1, "effects": 8, "hidden": 128, "out_features": 2}


def drawn(size: int, bodies: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Return displacements `[B, N, N, 2]` from body to body, stiffnesses `[B, N, N]` and forces `[B, N, 2]`."""
    positions = 2 * torch.rand(size, bodies, 2, generator=generator) - 1
    stiffness, chance = torch.rand(2, size, bodies, bodies, generator=generator).triu(1)
    stiffness = stiffness * (chance > 1 - JOINED)
    stiffness = stiffness + stiffness.mT
    apart = positions[:, None] - positions[:, :, None]
    length = apart.norm(dim=3).clamp_min(1e-6)
    return apart, stiffness, ((stiffness * (1 - REST / length))[..., None] * apart).sum(2)


def forces(network: nn.Module, apart: Tensor, stiffness: Tensor) -> Tensor:
    """Return the forces on all bodies, `[B, N, 2]`, as a network sees them."""
    size, bodies = stiffness.shape[:2]
    springs = torch.cat([apart, stiffness[..., None]], 3)  # [B, N, N, 3]
    if isinstance(network, MLP):
        first, second = torch.triu_indices(bodies, bodies, 1)
        return network(springs[:, first, second].flatten(1)).view(size, bodies, 2)
    system, receiver, sender = stiffness.nonzero().T
    edges = bodies * system + torch.stack([sender, receiver])  # all systems as one graph
    nothing = torch.zeros(size * bodies, 1)  # a body has no features except its springs
    return network(nothing, edges, springs[system, receiver, sender], nothing).view(size, bodies, 2)


def train(network: nn.Module, seed: int) -> None:
    """Train on systems of four bodies, with a learning rate that falls twice."""
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        apart, stiffness, expected = drawn(BATCH, TRAINED_BODIES, generator)
        return F.mse_loss(forces(network, apart, stiffness), expected)

    optimiser = torch.optim.Adam(network.parameters())
    for rate in RATES:
        optimiser.param_groups[0]["lr"] = rate
        descend(optimiser, loss, steps=STEPS)


def error(network: nn.Module, bodies: int) -> float:
    """Return the mean squared error on fresh systems, divided by the variance of the forces."""
    apart, stiffness, expected = drawn(TEST, bodies, torch.Generator().manual_seed(1000))
    with torch.no_grad():
        return (F.mse_loss(forces(network, apart, stiffness), expected) / expected.var()).item()
