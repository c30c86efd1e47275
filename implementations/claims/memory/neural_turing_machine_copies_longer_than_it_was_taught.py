"""Experiment: a neural Turing machine and an LSTM learn to copy up to four vectors, and are tested on more.

Source: Graves, Wayne & Danihelka 2014, sec. 4.1 (graves2014neural). There training has up to twenty vectors, and the
test up to 120.

Measures:
    lengths: numbers of vectors, from one to eight.
    machine, lstm: share of bits that are copied correctly, by length: with a feedforward controller and a memory, and
        without.
    taught: the share of the machine at four.
    longer: its share at seven.
    lstm_longer: that of the LSTM at seven.
"""

import torch
from torch import nn

from implementations.architectures.memory.neural_turing_machine import NeuralTuringMachine
from implementations.architectures.recurrent.lstm import LSTM
from implementations.claims.precision import double_precision
from implementations.concepts.task.copying import Copying
from kb.training import fit

LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8]
TRAINED_LENGTH, LONGER_LENGTH, STEPS = 4, 7, 1500


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train both for equally many steps, and test them on every length.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        nets = {
            "machine": NeuralTuringMachine(rows=16),
            "lstm": LSTM(in_features=5, units=64, out_features=4, peepholes=False),
        }
    shares = {name: _accuracies(net, seed) for name, net in nets.items()}
    return {
        "lengths": [float(length) for length in LENGTHS],
        **shares,
        "taught": shares["machine"][LENGTHS.index(TRAINED_LENGTH)],
        "longer": shares["machine"][LENGTHS.index(LONGER_LENGTH)],
        "lstm_longer": shares["lstm"][LENGTHS.index(LONGER_LENGTH)],
    }


def _accuracies(net: nn.Module, seed: int) -> list[float]:
    """Train a network, and return its share of right bits at every length."""
    generator = torch.Generator().manual_seed(seed)
    task = Copying(generator=generator, length=TRAINED_LENGTH)
    fit(net, task, steps=STEPS)
    with torch.no_grad():
        tests = [Copying(generator=generator, length=length) for length in LENGTHS]
        return [test.score(net(**test.test()[0]), test.test()[1]) for test in tests]
