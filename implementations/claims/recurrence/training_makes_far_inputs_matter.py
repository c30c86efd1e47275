"""Experiment: how much the first of many inputs matters to the answer, before training and after.

Source: Tallec & Ollivier 2018 (tallec2018can), for the gates of an LSTM, which have to open before it can remember.

Method: a sequence is a symbol, blanks, another symbol and a sign, at which the first symbol is to be named, one of
four. Networks are trained to do so, all with equally many steps: two LSTMs and a causal Transformer, as they start in
the library, and a convolutional network whose window is shorter than the wait. One of the LSTMs gets sequences of the
full length at once, the other gradually longer ones. The influence of an input on the answer is the root mean square,
over test sequences, of the norm of the derivative of all four logits; its share is relative to the input that matters
most.

Measures:
    gradual, straight, transformer, window: shares of right answers; the first two are of the LSTMs.
    log10_before: log10 of the far symbol's share in the LSTM before training.
    log10_gradual, log10_straight: the same after training.
    log10_transformer_before, log10_transformer: the same in the Transformer.
    distance: from the answer; before, gradually, at_once, transformer_before, transformer_after: log10 of the shares by
        distance.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.transformer import Transformer
from implementations.architectures.convolutional.temporal_convolutional_network import TemporalConvolutionalNetwork
from implementations.architectures.recurrent.lstm import LSTM
from kb.training import CLIP, descend

WAIT, SYMBOLS, FEATURES, WIDTH = 20, 4, 6, 32
STEPS, BATCH, TEST = 600, 32, 200
GRADUALLY = (5, 10, 15, WAIT)  # each for an equal share of the steps
RATES = {"gradual": 1e-2, "straight": 1e-2, "transformer": 1e-3, "window": 1e-2}
NOTHING = 1e-30  # a share of zero, so that it has a logarithm


class Attending(nn.Module):
    """A causal Transformer with position codes, between an embedding and a read-out."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Linear(FEATURES, WIDTH)
        self.layers = Transformer(form="decoder", width=WIDTH, heads=4, layers=2, hidden=2 * WIDTH, positions=True)
        self.read_out = nn.Linear(WIDTH, SYMBOLS)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, G]`."""
        return self.read_out(self.layers(self.embedding(x)))


def run(seed: int) -> dict[str, float | list[float]]:
    """Train all four, and measure the shares before and after.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        recurrent = LSTM(in_features=FEATURES, units=WIDTH, out_features=SYMBOLS, peepholes=False)
        networks: dict[str, nn.Module] = {
            "gradual": recurrent,
            "straight": deepcopy(recurrent),
            "transformer": Attending(),
            "window": TemporalConvolutionalNetwork(in_features=FEATURES, width=WIDTH, out_features=SYMBOLS),
        }
    before = {name: shares(network, seed) for name, network in networks.items()}
    right = {
        name: train(network, RATES[name], GRADUALLY if name == "gradual" else (WAIT,), seed)
        for name, network in networks.items()
    }
    after = {name: shares(network, seed) for name, network in networks.items()}
    return {
        **right,
        "log10_before": before["straight"][-1],
        "log10_transformer_before": before["transformer"][-1],
        **{f"log10_{name}": after[name][-1] for name in ("gradual", "straight", "transformer")},
        "distance": [float(distance) for distance in range(WAIT + 2)],
        "before": before["straight"],
        "gradually": after["gradual"],
        "at_once": after["straight"],
        "transformer_before": before["transformer"],
        "transformer_after": after["transformer"],
    }


def sequences(count: int, wait: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return sequences `[B, T, F]` of a symbol, blanks, a symbol and a sign, and the first symbols `[B]`."""
    symbols = torch.randint(0, SYMBOLS, (count, 2), generator=generator)
    codes = torch.full((count, wait + 2), SYMBOLS)
    codes[:, 0], codes[:, wait], codes[:, wait + 1] = symbols[:, 0], symbols[:, 1], SYMBOLS + 1
    return F.one_hot(codes, FEATURES).float(), symbols[:, 0]


def answers(network: nn.Module, x: Tensor) -> Tensor:
    """Return the logits `[B, G]` at the sign."""
    output = network(x)
    return (output if isinstance(output, Tensor) else output[0])[:, -1]


def train(network: nn.Module, rate: float, waits: tuple[int, ...], seed: int) -> float:
    """Train a network with these waits in turn, and return its share of right answers in the end."""
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    for wait in waits:

        def loss(wait: int = wait) -> Tensor:
            x, symbols = sequences(BATCH, wait, generator)
            return F.cross_entropy(answers(network, x), symbols)

        descend(optimiser, loss, steps=STEPS // len(waits), clip=CLIP)
    x, symbols = sequences(TEST, WAIT, torch.Generator().manual_seed(1000 + seed))
    with torch.no_grad():
        return (answers(network, x).argmax(1) == symbols).float().mean().item()


def shares(network: nn.Module, seed: int) -> list[float]:
    """Return log10 of the share of every input in the influence on the answer, by distance from it."""
    x = sequences(TEST, WAIT, torch.Generator().manual_seed(1000 + seed))[0].requires_grad_()
    logits = answers(network, x).sum(0)
    squares = sum(torch.autograd.grad(logit, x, retain_graph=True)[0].double().square().sum(2) for logit in logits)
    influence = torch.as_tensor(squares).mean(0).sqrt().flip(0)  # [T]
    return (influence / influence.max()).clamp_min(NOTHING).log10().tolist()
