"""Exact relation: steps of the leapfrog are the limit of a symplectic network whose shears of positions become linear.

Source: Jin et al. 2020 (jin2020sympnets); https://en.wikipedia.org/wiki/Leapfrog_integration.

Method: a force that is the gradient of a random sum of log cosh(K q + b), with the sign that a shear has. Half a kick,
a drift, a whole kick, and so on are shears, of which those of momenta have the weights K and b exactly. A drift q + h p
is linear; its shear has the matrix e I and the amplitude h / e^2, so that e (h / e^2) tanh(e p) goes to h p with e.

Measures:
    agreement_error: difference of the states after three steps, with e = 1e-7.
    scales, differences: e, and the difference.
    largest_ratio: largest ratio of a difference over the square of e to the same for e = 0.1; a square gives one.
    coarse_difference: with e = 1.
    whole_kick_difference: with e = 1e-7, and a whole kick first in place of two halves.
"""

import torch

from implementations.architectures.feedforward.symplectic_network import SymplecticNetwork
from implementations.claims.agreement import difference
from implementations.concepts.coupling_layer.symplectic_shear import SymplecticShear
from implementations.concepts.numerical_method.leapfrog import leapfrog

POSITIONS, TERMS, STEPS, STEP, SMALLEST = 2, 5, 3, 0.3, 1e-7
SCALES = [0.1, 0.03, 0.01, 0.003, 0.001]


def run(seed: int) -> dict[str, float | list[float]]:
    """Compare the network with the leapfrog, for smaller and smaller arguments of its shears of positions.

    Args:
        seed: Seed of the force and of the states.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    force = SymplecticShear(positions=POSITIONS, hidden=TERMS).double()
    for parameter in force.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    x = torch.randn(20, 2 * POSITIONS, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        q, p = x[:, :POSITIONS], x[:, POSITIONS:]
        expected = torch.cat(leapfrog(q, p, force.shift, step=STEP, steps=STEPS), 1)
        differences = [difference(shears(force, scale)(x), expected) for scale in SCALES]
        constants = [value / scale**2 for value, scale in zip(differences, SCALES, strict=True)]
        return {
            "agreement_error": difference(shears(force, SMALLEST)(x), expected),
            "scales": SCALES,
            "differences": differences,
            "largest_ratio": max(constants) / constants[0],
            "coarse_difference": difference(shears(force, 1.0)(x), expected),
            "whole_kick_difference": difference(shears(force, SMALLEST, first=1.0)(x), expected),
        }


def shears(force: SymplecticShear, scale: float, first: float = 0.5) -> SymplecticNetwork:
    """Return a network of kicks and drifts, whose first kick is a share of a whole one and the last is the rest."""
    network = SymplecticNetwork(positions=POSITIONS, hidden=TERMS, depth=2 * STEPS + 1).double()
    for index, shear in enumerate(network.shears):
        if shear.moves:
            shear.arguments.weight.copy_(scale * torch.eye(TERMS, POSITIONS, dtype=torch.float64))
            shear.arguments.bias.zero_()
            shear.amplitude.fill_(STEP / scale**2)
        else:
            share = {0: first, 2 * STEPS: 1 - first}.get(index, 1.0)
            shear.arguments.load_state_dict(force.arguments.state_dict())
            shear.amplitude.copy_(share * STEP * force.amplitude)
    return network
