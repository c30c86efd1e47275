"""Experiment: which frequencies of a signal a perceptron learns from the coordinate, and from its encoding.

Source: Mildenhall et al. 2020, sec. 5.1 (mildenhall2020nerf).

Method: a signal on [-1, 1) of five sines of one amplitude with random phases, sin(k pi x + phase) for k = 1, 3, 6, 11
and 20. The encoding has the frequencies 1, 2, 4, 8 and 16. Two perceptrons of rectified units, with the same number and
width of hidden layers, are trained by Adam on all of 256 evenly spaced points at once, in double precision. What is
learned of a frequency is one minus the amplitude of the error at it, over that of the signal; on the even grid sines of
different k are orthogonal.

Measures:
    frequencies, plain, encoded: the numbers k, and the share of each that is learned.
    plain_learned, encoded_learned: mean of the shares of the two highest frequencies.
    plain_slow_learned: the share of the lowest frequency, without the encoding.
    between_error: with the encoding, root mean square error half-way between the points, over that of the signal.
"""

import math

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.position_code.frequency_encoding import FrequencyEncoding
from kb.training import descend

FREQUENCIES = (1, 3, 6, 11, 20)
ENCODED, POINTS, HIDDEN, UPDATES, RATE = 5, 256, [64, 64, 64], 1500, 1e-3


def run(seed: int) -> dict[str, float | list[float]]:
    """Train both perceptrons on one signal.

    Args:
        seed: Seed of phases and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    phases = 2 * math.pi * torch.rand(len(FREQUENCIES), generator=generator, dtype=torch.float64)
    spacing = 2 / POINTS
    x = -1 + spacing * torch.arange(POINTS, dtype=torch.float64)[:, None]
    target = signal(x, phases)
    torch.manual_seed(seed)
    plain = MLP(in_features=1, hidden=HIDDEN, out_features=1).double()
    encoding = FrequencyEncoding(frequencies=ENCODED)
    encoded = nn.Sequential(encoding, MLP(in_features=2 * ENCODED, hidden=HIDDEN, out_features=1)).double()
    shares = []
    for network in (plain, encoded):
        train(network, x, target)
        with torch.no_grad():
            shares.append(learned(network(x) - target, x))
    between = x + spacing / 2
    with torch.no_grad():
        error = encoded(between) - signal(between, phases)
    return {
        "frequencies": [float(k) for k in FREQUENCIES],
        "plain": shares[0],
        "encoded": shares[1],
        "plain_learned": sum(shares[0][-2:]) / 2,
        "encoded_learned": sum(shares[1][-2:]) / 2,
        "plain_slow_learned": shares[0][0],
        "between_error": (error.square().mean() / signal(between, phases).square().mean()).sqrt().item(),
    }


def signal(x: Tensor, phases: Tensor) -> Tensor:
    """Return the values `[B, 1]` of the signal at some points."""
    return torch.sin(math.pi * x * torch.tensor(FREQUENCIES) + phases).sum(1, keepdim=True)


def train(network: nn.Module, x: Tensor, target: Tensor) -> None:
    """Take steps of Adam on the mean squared error at all points."""
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    descend(optimiser, lambda: (network(x) - target).square().mean(), steps=UPDATES)


def learned(error: Tensor, x: Tensor) -> list[float]:
    """Return what an error leaves of every frequency of the signal, whose amplitudes are one."""
    waves = torch.exp(1j * math.pi * x * torch.tensor(FREQUENCIES))  # [B, frequencies]
    return (1 - 2 * (error * waves).mean(0).abs()).tolist()
