"""Exact relation: a linear recurrent unit is a recurrent network without a nonlinearity, in its eigenbasis.

Source: Orvieto et al. 2023 (orvieto2023resurrecting).

Method: a complex number of the state is two real ones, and to multiply it by an eigenvalue is to rotate and shrink
these: a block of two by two of the recurrent matrix. The shortcut of the input is a read-out of units whose rows in the
matrix are zero. A random change of basis then makes the matrix dense, with the same outputs.

Measures:
    agreement_error: difference of the outputs.
    eigenvalue_error: difference of the eigenvalues of the dense matrix from those of the unit, sorted.
    tanh_difference: with a hyperbolic tangent in the transition.
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.linear_recurrent_unit import LinearRecurrentUnit
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

EXAMPLES, STEPS, FEATURES, UNITS = 2, 12, 3, 4
STATE = 2 * UNITS + FEATURES


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences.

    Args:
        seed: Seed of weights, basis and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    unit = LinearRecurrentUnit(features=FEATURES, units=UNITS).double()
    for parameter in unit.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    basis, _ = torch.linalg.qr(torch.randn(STATE, STATE, generator=generator, dtype=torch.float64))
    x = torch.randn(EXAMPLES, STEPS, FEATURES, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        expected = unit(x).y
        network = dense(unit, basis, "identity")
        found = torch.linalg.eigvals(network.recurrent.weight)
        given = torch.cat([unit.eigenvalues, unit.eigenvalues.conj(), found.new_zeros(FEATURES)])
        return {
            "agreement_error": difference(network(x).y, expected),
            "eigenvalue_error": difference(in_order(found), in_order(given)),
            "tanh_difference": difference(dense(unit, basis, "tanh")(x).y, expected),
        }


def dense(unit: LinearRecurrentUnit, basis: Tensor, activation: str) -> RecurrentNetwork:
    """Return the recurrent network of real numbers with the weights of a unit, in another orthonormal basis."""
    network = RecurrentNetwork(in_features=FEATURES, units=STATE, out_features=FEATURES, activation=activation).double()
    real, imaginary = torch.diag(unit.eigenvalues.real), torch.diag(unit.eigenvalues.imag)
    rotations = torch.cat([torch.cat([real, -imaginary], 1), torch.cat([imaginary, real], 1)])
    recurrent = torch.zeros(STATE, STATE, dtype=torch.float64)
    recurrent[: 2 * UNITS, : 2 * UNITS] = rotations
    entering = torch.cat([unit.log_scale.exp().repeat(2)[:, None] * unit.input.weight, torch.eye(FEATURES)])
    leaving = torch.cat([unit.output.weight, torch.diag(unit.skip)], 1)
    network.recurrent.weight.data = basis @ recurrent @ basis.T
    network.input.weight.data = basis @ entering
    network.read_out.weight.data = leaving @ basis.T
    network.input.bias.data.zero_()
    network.read_out.bias.data.zero_()
    return network


def in_order(values: Tensor) -> Tensor:
    """Return the moduli of complex numbers, sorted."""
    return values.abs().sort().values
