"""Experiment: recurrent networks are to predict the symbol that was their input a hundred steps ago.

Source: the lecture, S21; Henaff, Szlam & LeCun 2016 (henaff2016recurrent), Arjovsky, Shah & Bengio 2016
(arjovsky2016unitary).

Method: the first input is one of four symbols, blanks follow, and after a hundred steps the network is to predict the
symbol. Three networks are compared: one whose transition stays orthogonal in training; a tanh network that starts from
orthogonal weights; and the same from normal weights of variance 0.7^2 / units. For the figure and the drift, Jacobians
dh_T/dh_(T-k) are computed before training, with inputs of zero.

Measures:
    kept: share of right answers where the transition stays orthogonal.
    started: the same for the tanh network that starts orthogonal.
    normal: the same for the tanh network that starts from normal weights.
    drift: largest |log| of a singular value of dh_T/dh_0, over all of them: the orthogonal transition, and the unitary
        network without its non-linearity.
    log10_gain_normal: log10 of the largest singular value for the normal weights.
    lag: 0, 1, .., 100; orthogonal, tanh_orthogonal, tanh_normal: log10 of the norm of dh_T/dh_(T-k).
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.orthogonal_recurrent_network import OrthogonalRecurrentNetwork
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.architectures.recurrent.unitary_recurrent_network import UnitaryRecurrentNetwork
from implementations.claims.backwards import jacobians
from implementations.claims.recalling import FEATURES, OUTPUTS, recall
from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation

UNITS, WAIT, STEPS, RATE = 64, 100, 600, 1e-3
INPUT_SCALE = 0.1  # input weights of the tanh networks are this much smaller: a blank at every step saturates units


def run(seed: int) -> dict[str, float | list[float]]:
    """Measure Jacobians, train, and test.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    networks = {
        "orthogonal": OrthogonalRecurrentNetwork(in_features=FEATURES, units=UNITS, out_features=OUTPUTS),
        "tanh_orthogonal": tanh_network(orthogonal_initialisation(torch.empty(UNITS, UNITS))),
        "tanh_normal": tanh_network(0.7 * torch.randn(UNITS, UNITS) / UNITS**0.5),
    }
    unitary = UnitaryRecurrentNetwork(in_features=FEATURES, units=UNITS, linear=True)
    spectra = {name: singular_values(network, torch.zeros(UNITS)) for name, network in networks.items()}
    complex_ = singular_values(unitary, torch.zeros(UNITS, 2))
    lines = {name: values[:, 0].log10().tolist() for name, values in spectra.items()}
    answers = {
        name: recall(network.float(), wait=WAIT, steps=STEPS, rate=RATE, seed=seed)
        for name, network in networks.items()
    }
    return {
        "kept": answers["orthogonal"],
        "started": answers["tanh_orthogonal"],
        "normal": answers["tanh_normal"],
        "drift": max(values[-1].log().abs().max().item() for values in (spectra["orthogonal"], complex_)),
        "log10_gain_normal": lines["tanh_normal"][-1],
        "lag": [float(lag) for lag in range(WAIT + 1)],
        **lines,
    }


def tanh_network(weight: Tensor) -> RecurrentNetwork:
    """Return a tanh network that starts from given recurrent weights and small input weights."""
    network = RecurrentNetwork(in_features=FEATURES, units=UNITS, out_features=OUTPUTS)
    with torch.no_grad():
        network.recurrent.weight.copy_(weight)
        network.input.weight.mul_(INPUT_SCALE)
        network.input.bias.mul_(INPUT_SCALE)
    return network


def singular_values(network: torch.nn.Module, h: Tensor) -> Tensor:
    """Return the singular values of dh_T/dh_(T-k), `[T + 1, U]`, for inputs of zero."""
    network.double()
    silence = torch.zeros(WAIT, FEATURES, dtype=torch.float64)
    return torch.linalg.svdvals(jacobians(lambda x, state: network(x[:, None], state).h, silence, h.double()))
