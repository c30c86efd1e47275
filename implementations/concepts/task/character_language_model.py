"""Character language model: predict the next character of Python's own documentation.

Source: the texts of `pydoc_data.topics` in the standard library, which is part of every Python installation. The last
tenth is for testing.

Shapes: B examples, T characters, V = 64 symbols of the alphabet; inputs `[B, T, V]` (one-hot) or `[B, T]` (tokens),
outputs `[B, T, V]`.
"""

from pydoc_data.topics import topics

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

ALPHABET = 64
"""Number of symbols: the most frequent characters, and one for all others."""
LAYOUTS = ("one-hot", "tokens")


class CharacterLanguageModel:
    """Predict each character from those before it.

    Args:
        generator: Draws the passages.
        layout: `one-hot` vectors, for modules whose input is a sequence of vectors, or `tokens`: the numbers of the
            characters, for modules with their own embedding.
        length: Number T of characters of a passage.
        batch_size: Passages of a batch.

    Raises:
        ValueError: The layout is unknown.

    Example:
        >>> inputs, target = CharacterLanguageModel(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, target.shape
        (torch.Size([32, 48, 64]), torch.Size([32, 48]))
    """

    metric, higher_is_better = "nats per character", False
    steps, learning_rate = 300, 1e-2

    @checked_arguments()
    def __init__(
        self, *, generator: torch.Generator, layout: str = "one-hot", length: int = 48, batch_size: int = 32
    ) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        self.generator, self.layout, self.length, self.batch_size = generator, layout, length, batch_size
        text = "".join(topics[name] for name in sorted(topics))
        frequent = sorted(set(text), key=lambda c: (-text.count(c), c))[: ALPHABET - 1]
        index = {character: number for number, character in enumerate(frequent)}
        codes = torch.tensor([index.get(character, ALPHABET - 1) for character in text])
        cut = len(codes) * 9 // 10
        self.training, self.testing = codes[:cut], codes[cut:]

    def _passages(self, codes: Tensor, starts: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        passages = codes[starts[:, None] + torch.arange(self.length + 1)]
        inputs, target = passages[:, :-1], passages[:, 1:]
        if self.layout == "one-hot":
            inputs = F.one_hot(inputs, ALPHABET).to(torch.get_default_dtype())
        return {"x": inputs}, target

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return random passages, and the next character after each of their characters."""
        last = len(self.training) - self.length - 1
        return self._passages(self.training, torch.randint(0, last, (self.batch_size,), generator=self.generator))

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return evenly spaced passages of the text set aside."""
        return self._passages(self.testing, torch.arange(0, len(self.testing) - self.length - 1, 4 * self.length))

    def loss(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean cross-entropy of all characters."""
        logits = output if isinstance(output, Tensor) else output[0]
        return F.cross_entropy(logits.flatten(0, 1), target.flatten())

    def score(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> float:
        """Return the cross-entropy in nats per character."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the cross-entropy of predicting each character by its frequency in the training text."""
        counts = self.training.bincount(minlength=ALPHABET).double() + 1
        return float(-(counts / counts.sum()).log()[self.test()[1]].mean())


def examples(task: CharacterLanguageModel, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return beginnings from the text set aside, and how a module goes on: each character is drawn given those before.

    A module sees at most as many characters as in training.
    """
    generator, given = torch.Generator().manual_seed(0), task.length // 2
    starts = torch.arange(count) * (len(task.testing) // count)
    text = task.testing[starts[:, None] + torch.arange(given)]
    for _ in range(3 * task.length // 2):
        window = text[:, -task.length :]
        short = F.pad(window, (0, task.length - window.shape[1]))  # of one length, and the past sees no future
        x = short if task.layout == "tokens" else F.one_hot(short, ALPHABET).to(torch.get_default_dtype())
        output = module(x=x)
        logits = (output if isinstance(output, Tensor) else output[0])[:, window.shape[1] - 1]
        text = torch.cat([text, torch.multinomial(logits.softmax(-1), 1, generator=generator)], 1)
    known = characters(task)
    words = ["".join(known[code] for code in row) for row in text.tolist()]
    return [{"given": line[:given], "written": line[given:]} for line in words]


def characters(task: CharacterLanguageModel) -> dict[int, str]:
    """Return what every code stands for; line ends, and the characters that have no code of their own, as signs."""
    codes = torch.cat([task.training, task.testing]).tolist()
    known = dict(zip(codes, "".join(topics[name] for name in sorted(topics)), strict=True))
    return {code: "⏎" if character == "\n" else character for code, character in known.items()} | {ALPHABET - 1: "□"}
