"""Experiment: an encoder-decoder with one vector, and one with attention, write sequences backwards, also longer ones.

Source: the lecture, S25; Sutskever, Vinyals & Le 2014 (sutskever2014sequence) and Bahdanau, Cho & Bengio 2015
(bahdanau2014neural).

Both are trained on sequences of 16 symbols, equally long and with the same rate, and tested on these and on sequences
of 24. The decoder gets the right symbols before each one. The weights of attention are those for sequences of 16.

Measures:
    gain: share of right symbols with attention less that without, at length 16.
    gain_longer: the same at length 24.
    with_attention, without: shares of right symbols at length 16.
    aligned: share of symbols for which the largest weight is within one position of the symbol that is to be written.
    aligned_untrained: the same before training.
    length: 8, 12, .., 32; attending, bottleneck: shares of right symbols by length.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.sequence_transduction.attention_encoder_decoder import AttentionEncoderDecoder
from implementations.architectures.sequence_transduction.sequence_to_sequence import SequenceToSequence
from implementations.concepts.task.sequence_reversal import SequenceReversal
from kb.training import fit

LENGTH, LONGER, STEPS = 16, 24, 700
LENGTHS = range(8, 33, 4)
SIZES = {"source_features": 32, "target_features": 32, "embedding": 32}


def run(seed: int) -> dict[str, float | list[float]]:
    """Train both, and test them on several lengths.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        attending = AttentionEncoderDecoder(**SIZES, units=48, alignment=32, maxima=32)
        bottleneck = SequenceToSequence(**SIZES, units=64, layers=1)
    untrained = aligned(attending, seed)
    shares = {}
    for name, network in (("attending", attending), ("bottleneck", bottleneck)):
        fit(network, SequenceReversal(generator=torch.Generator().manual_seed(seed), length=LENGTH), steps=STEPS)
        shares[name] = {length: accuracy(network, length, seed) for length in LENGTHS}
    return {
        "gain": shares["attending"][LENGTH] - shares["bottleneck"][LENGTH],
        "gain_longer": shares["attending"][LONGER] - shares["bottleneck"][LONGER],
        "with_attention": shares["attending"][LENGTH],
        "without": shares["bottleneck"][LENGTH],
        "aligned": aligned(attending, seed),
        "aligned_untrained": untrained,
        "length": [float(length) for length in LENGTHS],
        **{name: list(by_length.values()) for name, by_length in shares.items()},
    }


def accuracy(network: nn.Module, length: int, seed: int) -> float:
    """Return the share of right symbols for fresh sequences of a length."""
    task = SequenceReversal(generator=torch.Generator().manual_seed(1000 + seed), length=length)
    inputs, target = task.test()
    with torch.no_grad():
        return task.score(network(**inputs), target)


def aligned(network: AttentionEncoderDecoder, seed: int) -> float:
    """Return how often the largest weight is within one position of the source's symbol that is to be written."""
    weights: list[Tensor] = []

    def record(attention: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        query, keys, _ = inputs
        one_hot_values = torch.eye(keys.shape[1]).expand(
            len(keys), -1, -1
        )  # the mean of unit vectors: the weights themselves
        weights.append(attention.forward(query, keys, one_hot_values)[:, 0])

    task = SequenceReversal(generator=torch.Generator().manual_seed(1000 + seed), length=LENGTH)
    handle = network.attention.register_forward_pre_hook(record)
    try:
        with torch.no_grad():
            network(**task.test()[0])
    finally:
        handle.remove()
    attended = torch.stack(weights, 1).argmax(2)  # [B, T]
    expected = torch.arange(LENGTH - 1, -1, -1)
    return ((attended - expected).abs() <= 1).float().mean().item()
