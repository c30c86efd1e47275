"""Experiment: a gated unit as a filter of signals, and the time scale of its gate.

Source: the lecture, S22; Tallec & Ollivier 2018 (tallec2018can).

Method: the library's GRU with one unit whose update gate is held at z and whose candidate is the input alone. The
inputs are small sinusoids, and the amplitude of the outputs is computed by projection, after the first steps. Then the
input is a step, and the time until the unit has covered 63 percent (1 - 1/e) of the distance is counted. Finally random
inputs are slowed down: each is held for a steps, and the gate is reduced to 1 - (1 - z)^(1/a).

Measures:
    gain_error: largest relative difference of the gain from z / sqrt(1 - 2 (1 - z) cos w + (1 - z)^2), over gates and
        frequencies w.
    delay_error: largest difference of the time from -1 / log(1 - z), in steps, over gates.
    slowed_error: largest difference of the slowed unit, at every a-th step, from the unit before, over a = 2, 4, 8.
    slowed_same_gate: the same, where the gate is not reduced.
    gain_open: largest difference of the gain from one, for a gate that is open.
    frequency: cycles per step; gain_03, gain_10, gain_30: measured gains for gates of 0.03, 0.1 and 0.3.
"""

import math

import torch
from torch import Tensor

from implementations.architectures.recurrent.gru import GRU
from implementations.claims.agreement import difference

GATES = {"gain_03": 0.03, "gain_10": 0.1, "gain_30": 0.3}
CYCLES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 500]
LENGTH, SMALL = 1000, 1e-4  # of a period of the slowest sinusoid, in steps; inputs for which tanh is linear


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Filter sinusoids, a step, and slowed random inputs.

    Args:
        seed: Seed of the random inputs.

    Returns:
        The measures that the module lists.
    """
    x = torch.randn(1, 50, 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    gains = {name: [gain(z, cycles) for cycles in CYCLES] for name, z in GATES.items()}
    errors = [
        abs(found / transfer(z, cycles) - 1)
        for name, z in GATES.items()
        for found, cycles in zip(gains[name], CYCLES, strict=True)
    ]
    return {
        "gain_error": max(errors),
        "delay_error": max(abs(delay(z) + 1 / math.log(1 - z)) for z in GATES.values()),
        "slowed_error": max(slowed(x, times, adapted=True) for times in (2, 4, 8)),
        "slowed_same_gate": min(slowed(x, times, adapted=False) for times in (2, 4, 8)),
        "gain_open": max(abs(gain(1 - 1e-9, cycles) - 1) for cycles in CYCLES),
        "frequency": [cycles / LENGTH for cycles in CYCLES],
        **gains,
    }


def filtered(x: Tensor, z: float) -> Tensor:
    """Return the states `[B, T, 1]` of a unit with a constant update gate and inputs `[B, T, 1]`."""
    network = GRU(in_features=1, units=1).double()
    for parameter in network.parameters():
        parameter.zero_()
    network.input.weight[2] = 1.0  # in the order r, z, candidate
    network.input.bias[1] = math.log(z / (1 - z))
    return network(x).y


def transfer(z: float, cycles: int) -> float:
    """Return the gain of h_t = (1 - z) h_(t-1) + z x_t, the modulus of its transfer function."""
    return z / math.sqrt(1 - 2 * (1 - z) * math.cos(2 * math.pi * cycles / LENGTH) + (1 - z) ** 2)


def gain(z: float, cycles: int) -> float:
    """Return the amplitude of the output for a small sinusoid, relative to that of the input."""
    phase = 2 * math.pi * cycles / LENGTH * torch.arange(2 * LENGTH, dtype=torch.float64)
    out = filtered(SMALL * phase.cos()[None, :, None], z)[0, LENGTH:, 0]
    wave = torch.polar(torch.ones_like(phase), -phase)[LENGTH:]
    halves = 1 if 2 * cycles == LENGTH else 2  # at half a cycle a step, cosine and its mirror image coincide
    return halves * (out * wave).mean().abs().item() / SMALL


def delay(z: float) -> float:
    """Return after how many steps the unit has covered 1 - 1/e of the distance to a constant input."""
    states = filtered(torch.full((1, LENGTH, 1), SMALL, dtype=torch.float64), z)[0, :, 0]
    return float((states < (1 - math.exp(-1)) * SMALL).sum() + 1)


def slowed(x: Tensor, times: int, *, adapted: bool, z: float = 0.3) -> float:
    """Return the difference by holding every input for some steps, with or without an adapted gate."""
    gate = 1 - (1 - z) ** (1 / times) if adapted else z
    slow = filtered(x.repeat_interleave(times, 1), gate)
    return difference(slow[:, times - 1 :: times], filtered(x, z))
