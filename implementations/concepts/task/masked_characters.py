"""Masked characters: fill in characters of Python's own documentation from those on both sides.

Source: the texts of the character language model; which characters are hidden, and by what, follows Devlin et al. 2019,
sec. 3.1 (devlin2018bert): 15% of them, of which 80% become the mask, 10% a random character, and 10% stay.

Shapes: B examples, T characters, V = 65 symbols (64 of the alphabet and the mask); inputs and outputs `[B, T, V]`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.task.character_language_model import ALPHABET, CharacterLanguageModel, characters
from kb.guards import checked_arguments

HIDDEN, MASKED, RANDOM = 0.15, 0.8, 0.1
SEEN = -100
"""Target of a character that was not hidden: it does not count."""
TEST_SEED = 0


class MaskedCharacters:
    """Fill in hidden characters of a passage.

    Args:
        generator: Draws the passages, and which characters are hidden.
        length: Number T of characters of a passage.
        batch_size: Passages of a batch.

    Example:
        >>> inputs, target = MaskedCharacters(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([32, 48, 65]), torch.Size([32, 48]))
    """

    metric, higher_is_better = "nats per hidden character", False
    steps, learning_rate = 600, 3e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, length: int = 48, batch_size: int = 32) -> None:
        self.generator = generator
        self.texts = CharacterLanguageModel(generator=generator, layout="tokens", length=length, batch_size=batch_size)

    def _hidden(self, characters: Tensor, generator: torch.Generator) -> tuple[dict[str, Tensor], Tensor]:
        """Return the passages with some characters hidden, and these characters."""
        chance, way = (torch.rand(characters.shape, generator=generator) for _ in range(2))
        random = torch.randint(0, ALPHABET, characters.shape, generator=generator)
        replaced = torch.where(way < MASKED, ALPHABET, torch.where(way < MASKED + RANDOM, random, characters))
        hidden = chance < HIDDEN
        given = F.one_hot(torch.where(hidden, replaced, characters), ALPHABET + 1).to(torch.get_default_dtype())
        return {"x": given}, torch.where(hidden, characters, SEEN)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random passages with hidden characters, and these."""
        return self._hidden(self.texts.batch()[0]["x"], self.generator)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return evenly spaced passages of the text set aside; the same characters are hidden each time."""
        return self._hidden(self.texts.test()[0]["x"], torch.Generator().manual_seed(TEST_SEED))

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean cross-entropy of the hidden characters."""
        return F.cross_entropy(output.flatten(0, 1), target.flatten(), ignore_index=SEEN)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the cross-entropy in nats per hidden character."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the cross-entropy of predicting each character by its frequency in the training text."""
        target = self.test()[1]
        counts = self.texts.training.bincount(minlength=ALPHABET).double() + 1
        return float(-(counts / counts.sum()).log()[target[target != SEEN]].mean())


def examples(task: MaskedCharacters, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return passages from the text set aside as a module sees them, what was there, and what it fills in."""
    inputs, target = task.test()
    x, target = inputs["x"][:count], target[:count]
    seen, found = x.argmax(-1), module(x).argmax(-1)
    known = characters(task.texts) | {ALPHABET: "■"}

    def shown(codes: Tensor) -> list[str]:
        """Passages with some codes where characters were hidden."""
        return ["".join(known[code] for code in row) for row in torch.where(target == SEEN, seen, codes).tolist()]

    rows = zip(shown(seen), shown(target), shown(found), strict=True)
    return [dict(zip(("given", "true", "filled in"), row, strict=True)) for row in rows]
