"""Experiment: two recurrent networks find which of four points is the n-th farthest from the m-th.

Source: the lecture's L1096; Santoro et al. 2018 (santoro2018relational), their first task, made smaller.

Method: the input is a sequence of four random points of the square from -1 to 1, each with its label; the labels are
shuffled for each sequence. Every step also has m and n as inputs, both from one to four. The target, after the last
point, is the label of the point that is the n-th farthest from the point with label m. A relational memory core with
four memories of 32 numbers, and an LSTM with about as many parameters, are trained by Adam on the same 800 batches of
64 fresh sequences.

Measures:
    right_core, right_lstm: share of 4000 new sequences for which the core and the LSTM predict the right label.
    lead: the core's share, less that of the LSTM.
    better: the larger of both shares. One half is reached with the rule alone that a point is the nearest to itself: it
        answers a quarter of the sequences, and of the others one in three is right by chance.
    ratio: number of parameters of the core, divided by that of the LSTM.
    right_untrained: as `right_core`, before training.
    shares: of the core, of the LSTM, and 0.25, which is chance.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.relational_memory_core import RelationalMemoryCore
from implementations.architectures.recurrent.lstm import LSTM
from implementations.claims.precision import double_precision
from kb.training import descend

POINTS, PLANE, STEPS, BATCH, NEW, RATE = 4, 2, 800, 64, 4000, 2e-3
FEATURES = PLANE + 3 * POINTS


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train both, and test them.

    Args:
        seed: Seed of sequences and weights.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    core = RelationalMemoryCore(
        in_features=FEATURES, slots=POINTS, width=32, heads=2, hidden=32, out_features=POINTS, gates="unit"
    )
    lstm = LSTM(in_features=FEATURES, units=56, out_features=POINTS)
    untrained = accuracy(core, seed)
    shares = [trained(network, seed) for network in (core, lstm)]
    return {
        "right_core": shares[0],
        "right_lstm": shares[1],
        "lead": shares[0] - shares[1],
        "better": max(shares),
        "ratio": parameters(core) / parameters(lstm),
        "right_untrained": untrained,
        "shares": [*shares, 1 / POINTS],
    }


def sequences(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return inputs `[count, 4, features]`, and the target labels."""
    points = 2 * torch.rand(count, POINTS, PLANE, generator=generator) - 1
    labels = torch.rand(count, POINTS, generator=generator).argsort(1)
    m, n = (torch.randint(0, POINTS, (count,), generator=generator) for _ in range(2))
    rows = torch.arange(count)
    reference = points[rows, (labels == m[:, None]).int().argmax(1)]
    farthest = (points - reference[:, None]).norm(dim=2).argsort(1, descending=True)
    question = torch.cat([F.one_hot(m, POINTS), F.one_hot(n, POINTS)], 1)[:, None].expand(-1, POINTS, -1)
    inputs = torch.cat([points, F.one_hot(labels, POINTS), question], 2)
    return inputs, labels[rows, farthest[rows, n]]


def trained(network: nn.Module, seed: int) -> float:
    """Train a network, and return the share of new sequences for which it predicts the right label."""
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        inputs, expected = sequences(BATCH, generator)
        return F.cross_entropy(network(inputs).y[:, -1], expected)

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=STEPS, clip=1.0)
    return accuracy(network, seed)


@torch.no_grad()
def accuracy(network: nn.Module, seed: int) -> float:
    """Return the share of new sequences for which a network predicts the right label."""
    inputs, expected = sequences(NEW, torch.Generator().manual_seed(1000 + seed))
    return (network(inputs).y[:, -1].argmax(1) == expected).float().mean().item()


def parameters(network: nn.Module) -> int:
    """Return the number of parameters."""
    return sum(parameter.numel() for parameter in network.parameters())
