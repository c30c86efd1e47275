"""Experiment: a gated recurrent unit whose gates saturate, against a recurrent network with the same weights.

Source: Cho et al. 2014, eq. 5-8 (cho2014learning).

Method: both conventions of the update gate; the weights of the candidate are those of the recurrent network. The larger
difference of the two conventions counts.

Measures:
    agreement_error: difference of all states with gate biases of 60.
    largest_ratio: largest factor between the differences at two successive biases of 5, 10, 15, 20.
    open_gates_difference: difference with gate biases of zero.
    biases, differences: for the figure, 0 to 40.
"""

from itertools import pairwise

import torch

from implementations.architectures.recurrent.gru import GRU
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

FEATURES, UNITS, STEPS = 3, 6, 12


def run(seed: int) -> dict[str, float | list[float]]:
    """Raise the biases of the gates.

    Args:
        seed: Seed of weights, inputs and initial states.

    Returns:
        The measures that the module lists.
    """
    biases = [0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0]
    differences = [_difference(bias, seed) for bias in biases]
    return {
        "agreement_error": _difference(60.0, seed),
        "largest_ratio": max(later / earlier for earlier, later in pairwise(differences[1:5])),
        "open_gates_difference": differences[0],
        "biases": biases,
        "differences": differences,
    }


def _difference(bias: float, seed: int) -> float:
    generator = torch.Generator().manual_seed(seed)
    plain = RecurrentNetwork(in_features=FEATURES, units=UNITS).double()
    x = torch.randn(4, STEPS, FEATURES, generator=generator, dtype=torch.float64)
    h = torch.randn(4, UNITS, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        for parameter in plain.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / UNITS**0.5)
        plain.read_out.weight.copy_(torch.eye(*plain.read_out.weight.shape))
        conventions = [_saturated(plain, convention, bias, generator) for convention in ("update", "keep")]
        expected = plain(x, h)
        return max(difference(gru(x, h).h, expected.h) for gru in conventions)


def _saturated(plain: RecurrentNetwork, convention: str, bias: float, generator: torch.Generator) -> GRU:
    """Return a GRU with random gates of a given bias, whose candidate is the recurrent network."""
    gru = GRU(in_features=FEATURES, units=UNITS, convention=convention).double()
    gru.gates.weight.copy_(torch.randn(gru.gates.weight.shape, generator=generator, dtype=torch.float64) / UNITS**0.5)
    gru.input.weight[: 2 * UNITS] = torch.randn(2 * UNITS, FEATURES, generator=generator, dtype=torch.float64) / 2
    gru.input.bias[:UNITS] = bias  # r: the candidate sees the whole state
    gru.input.bias[UNITS : 2 * UNITS] = bias if convention == "update" else -bias  # z: the candidate replaces the state
    gru.input.weight[2 * UNITS :] = plain.input.weight
    gru.input.bias[2 * UNITS :] = plain.input.bias
    gru.candidate.weight.copy_(plain.recurrent.weight)
    return gru
