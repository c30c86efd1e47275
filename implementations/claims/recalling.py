"""Recalling: which networks predict, after a long wait, which of four symbols was first."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.task.copying_memory import CopyingMemory
from kb.training import CLIP, descend

SYMBOLS = 4
FEATURES, OUTPUTS = SYMBOLS + 2, SYMBOLS
"""Sizes of inputs and outputs of a network that recalls."""


def recall(network: nn.Module, *, wait: int, steps: int, rate: float, seed: int) -> float:
    """Train a network to recall one symbol, and return the share of test sequences for which it does.

    Only the last output counts: outputs during the wait are neither trained nor tested.

    Args:
        network: A network of sequences `x` `[B, T, F]`, whose first output is `[B, T, G]`.
        wait: Steps between the symbol and the answer.
        steps: Steps of training.
        rate: Learning rate of Adam.
        seed: Seed of the sequences.

    Returns:
        The share of right answers; chance is one in four.
    """
    task = CopyingMemory(
        generator=torch.Generator().manual_seed(seed), symbols=SYMBOLS, length=1, wait=wait, batch_size=32
    )

    def loss() -> Tensor:
        inputs, target = task.batch()
        return F.cross_entropy(network(**inputs)[0][:, -1], target[:, -1])

    descend(torch.optim.Adam(network.parameters(), lr=rate), loss, steps=steps, clip=CLIP)
    inputs, target = task.test()
    with torch.no_grad():
        return (network(**inputs)[0][:, -1].argmax(1) == target[:, -1]).float().mean().item()
