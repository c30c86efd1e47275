"""Experiment: which gates learn to keep a symbol for sixty steps.

Source: the lecture, S9; Gu et al. 2020, eq. 9-12 (gu2020gating).

Method: the first input is one of four symbols, blanks follow, and after sixty steps the network is to predict the
symbol. These are compared: the library's UR-LSTM with forget gates that start spread over their range (U), with refine
gates (R), with both and with neither, and an LSTM whose forget gates start with a bias of one. All have 32 units, input
weights a tenth of the usual ones, the same rate and equally many steps. The refine gate is also tested alone.

Measures:
    both, spread: shares of right answers of UR and of U.
    refined, neither: the same of R, and of the network without either.
    lstm: the same of the LSTM.
    neutral_error: largest difference of the refined gate from the gate, for a refine gate of one half.
    range_error: largest distance of a refined gate from the range from f^2 to 1 - (1 - f)^2.
    names: shares of all five, in this order: UR, U, R, neither, LSTM.
"""

import torch
from torch import nn

from implementations.architectures.recurrent.lstm import LSTM
from implementations.architectures.recurrent.ur_lstm import URLSTM
from implementations.claims.recalling import FEATURES, OUTPUTS, recall
from implementations.concepts.gating_mechanism.refine_gate import RefineGate

UNITS, WAIT, STEPS, RATE = 32, 60, 400, 1e-2
INPUT_SCALE = 0.1  # input weights are this much smaller than usual: blanks at every step fill a cell
SIZES = {"in_features": FEATURES, "units": UNITS, "out_features": OUTPUTS}
FORMS = {"both": (True, True), "spread": (False, True), "refined": (True, False), "neither": (False, False)}


def run(seed: int) -> dict[str, float | list[float]]:
    """Train all five, and test the refine gate.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        networks: dict[str, nn.Module] = {
            name: URLSTM(**SIZES, refine=refine, uniform=uniform) for name, (refine, uniform) in FORMS.items()
        }
        networks["lstm"] = with_forget_bias(1.0)
    shares = {}
    for name, network in networks.items():
        with torch.no_grad():
            network.input.weight.mul_(INPUT_SCALE)
        shares[name] = recall(network, wait=WAIT, steps=STEPS, rate=RATE, seed=seed)
    f, r = torch.rand(2, 1000, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    refined = RefineGate()(f, r)
    beyond = torch.maximum(f.square() - refined, refined - (1 - (1 - f).square()))
    return {
        **shares,
        "neutral_error": (RefineGate()(f, torch.full_like(f, 0.5)) - f).abs().max().item(),
        "range_error": beyond.max().clamp_min(0).item(),
        "names": list(shares.values()),
    }


def with_forget_bias(bias: float) -> LSTM:
    """Return an LSTM without peepholes whose forget gates start with a bias."""
    network = LSTM(**SIZES, peepholes=False)
    with torch.no_grad():
        network.input.bias[UNITS : 2 * UNITS] = bias  # in the order i, f, g, o
    return network
