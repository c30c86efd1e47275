"""Witness: a unitary recurrent network against a real one of twice as many units, with an orthogonal matrix.

Source: Arjovsky, Shah & Bengio 2016 (arjovsky2016unitary), who compute with real and imaginary parts.

Method: the recurrent matrix of the real network is the unitary transition, applied to the real and to the imaginary
coordinate vectors; its orthogonality is not assumed, but measured.

Measures:
    agreement_error: difference of all outputs and of the last state, with the biases of the modReLU at zero.
    orthogonality_error: largest entry of M^T M - I for the real matrix M.
    biased_difference: as the first, with biases drawn at random.
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.architectures.recurrent.unitary_recurrent_network import UnitaryRecurrentNetwork
from implementations.claims.agreement import difference

FEATURES, UNITS, OUTPUTS, STEPS = 3, 6, 2, 30


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences, from random states.

    Args:
        seed: Seed of weights, inputs and states.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    unitary = UnitaryRecurrentNetwork(in_features=FEATURES, units=UNITS, out_features=OUTPUTS).double()
    sizes = {"in_features": FEATURES, "units": 2 * UNITS, "out_features": OUTPUTS}
    real = RecurrentNetwork(**sizes, activation="identity").double()
    matrix = _real_matrix(unitary)
    real.recurrent.weight.copy_(matrix)
    real.input.weight.copy_(unitary.input.weight)
    real.input.bias.zero_()
    real.read_out.load_state_dict(unitary.read_out.state_dict())
    agreement = _difference(unitary, real)
    unitary.activation.bias.normal_()
    return {
        "agreement_error": agreement,
        "orthogonality_error": difference(matrix.T @ matrix, torch.eye(2 * UNITS, dtype=matrix.dtype)),
        "biased_difference": _difference(unitary, real),
    }


def _real_matrix(unitary: UnitaryRecurrentNetwork) -> Tensor:
    """Return the transition of states `[U, 2]` as one matrix `[2U, 2U]`."""
    basis = torch.eye(2 * UNITS, dtype=torch.float64).view(2 * UNITS, UNITS, 2)
    return unitary.transition(basis, unitary.diagonals()).flatten(1).T


def _difference(unitary: UnitaryRecurrentNetwork, real: RecurrentNetwork) -> float:
    x, h = (torch.randn(4, *shape, dtype=torch.float64) for shape in ((STEPS, FEATURES), (UNITS, 2)))
    found, expected = unitary(x, h), real(x, h.flatten(1))
    return max(difference(found.y, expected.y), difference(found.h.flatten(1), expected.h))
