"""Experiment: an encoder-decoder with one vector between its parts writes short sequences, read in either order.

Source: the lecture, S25; Sutskever, Vinyals & Le 2014, sec. 3.3 (sutskever2014sequence).

Method: sequences of six symbols are to be copied, by the library's sequence to sequence with one layer, which reads its
source from the start or, as in the paper, from the end. In a second task the symbols are to be written in the order of
the alphabet, for which it does not matter which were read last. All are trained equally long, from the same weights.

Measures:
    right: share of right symbols where the source is read from its end, each given the right ones before it.
    right_sorted: the same for writing in alphabetical order.
    ratio: loss over the last hundred steps, source read from its end, divided by that of reading from its start.
    ratio_sorted: the same for writing in alphabetical order.
    right_untrained: as `right`, before training.
    step: 10, 20, .., 600; from_start, from_end: loss of copying, mean over ten steps.
"""

import torch
from torch import Tensor

from implementations.architectures.sequence_transduction.sequence_to_sequence import SequenceToSequence
from implementations.concepts.task.sequence_reversal import SequenceReversal
from kb.training import fit

LENGTH, STEPS, LAST, SHOWN, WIDTH = 6, 600, 100, 10, 16


class Rewriting(SequenceReversal):
    """Write the symbols of a sequence in the order in which they come, or in that of the alphabet."""

    def __init__(self, *, generator: torch.Generator, sort: bool) -> None:
        self.sort = sort
        super().__init__(generator=generator, length=LENGTH, width=WIDTH)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        inputs, target = super()._draw(size)
        expected = target.sort(1).values if self.sort else target
        start = inputs["x"][:, :1]
        return {"x": torch.cat([start, self._encoded(expected[:, :-1])], 1), "source": self._encoded(target)}, expected


def run(seed: int) -> dict[str, float | list[float]]:
    """Train on both tasks with both orders of reading.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    runs = {(sort, reverse): trained(sort, reverse, seed) for sort in (False, True) for reverse in (False, True)}
    late = {key: sum(losses[-LAST:]) / LAST for key, (losses, _) in runs.items()}
    return {
        "right": runs[False, True][1],
        "right_sorted": runs[True, True][1],
        "ratio": late[False, True] / late[False, False],
        "ratio_sorted": late[True, True] / late[True, False],
        "right_untrained": trained(False, True, seed, steps=0)[1],
        "step": [float(step) for step in range(SHOWN, STEPS + 1, SHOWN)],
        "from_start": _smoothed(runs[False, False][0]),
        "from_end": _smoothed(runs[False, True][0]),
    }


def trained(sort: bool, reverse: bool, seed: int, steps: int = STEPS) -> tuple[list[float], float]:
    """Return the loss before every step, and the share of right symbols afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sizes = {"source_features": WIDTH, "target_features": WIDTH, "embedding": WIDTH}
        network = SequenceToSequence(**sizes, units=64, layers=1, reverse=reverse)
    task = Rewriting(generator=torch.Generator().manual_seed(seed), sort=sort)
    losses = fit(network, task, steps=steps)
    inputs, target = task.test()
    with torch.no_grad():
        return losses, task.score(network(**inputs), target)


def _smoothed(losses: list[float]) -> list[float]:
    return torch.tensor(losses).view(-1, SHOWN).mean(1).tolist()
