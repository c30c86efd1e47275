"""Bars and stripes: the distribution of small images whose columns, or whose rows, are each black or white.

The pixels are so few that all their states can be enumerated. So the likelihood is exact, also for a model that
computes it up to a constant only.

Equations:
    score = -sum over x of p(x) log q(x)      p: the true distribution, q: the model's
    log q(x) = -energy(x) - log sum over all x' of exp(-energy(x')), or -energy(x) where the model is normalised
    baseline: pixels that are independent, with their true means

Shapes: S states, F = size^2 pixels; or C = 1, H = W = size.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments

LAYOUTS = ("flat", "image")
LARGEST = 4
"""Images of this size have 65,536 states; the next size has 33 million."""


class BarsAndStripes:
    """Learn a distribution over images. The model's last output is the energy of every state.

    An image is made by choosing rows or columns, and black or white for each of them, all with equal probabilities. A
    model gets every possible state, and how often it occurred: most never occurred.

    Args:
        generator: Draws the batches.
        size: Height and width of the images.
        layout: `flat` vectors, or `image`.
        normalised: Whether the energy is the negative log-probability itself, or a bound of it. Then states of
            probability zero are left out.
        batch_size: Images of a batch.

    Raises:
        ValueError: The layout is unknown, or there are too many states.

    Example:
        >>> inputs, target = BarsAndStripes(generator=torch.Generator().manual_seed(0), size=3).test()
        >>> inputs["x"].shape, int((target > 0).sum())
        (torch.Size([512, 9]), 14)
    """

    metric, higher_is_better = "negative log-likelihood in nats", False
    steps, learning_rate = 1000, 1e-2

    @checked_arguments()
    def __init__(
        self,
        *,
        generator: torch.Generator,
        size: int = 4,
        layout: str = "flat",
        normalised: bool = False,
        batch_size: int = 64,
    ) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        if not 1 <= size <= LARGEST:
            raise ValueError(f"size ({size}) must be from 1 to {LARGEST}, so that all states can be listed")
        self.generator, self.normalised, self.batch_size = generator, normalised, batch_size
        rows = _binary(torch.arange(2**size), size)[:, :, None].expand(-1, size, size)  # [2^size, size, size]
        images = torch.cat([rows, rows.mT]).flatten(1)
        numbers = (images.long() << torch.arange(size**2)).sum(1)
        every = torch.arange(2**size**2)
        distinct = numbers.unique() if normalised else every
        self.images = torch.searchsorted(distinct, numbers)  # index of the state of every image; all are equally likely
        shape = (size**2,) if layout == "flat" else (1, size, size)
        self.states = _binary(distinct, size**2).view(-1, *shape)

    def _shares(self, images: Tensor) -> Tensor:
        counts = self.images[images].bincount(minlength=len(self.states))
        return counts.to(torch.get_default_dtype()) / len(images)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all states, and the share of each in some random images."""
        chosen = torch.randint(0, len(self.images), (self.batch_size,), generator=self.generator)
        return {"x": self.states}, self._shares(chosen)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all states, and their true probabilities."""
        return {"x": self.states}, self._shares(torch.arange(len(self.images)))

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the cross-entropy of the shares and the model's distribution, in nats."""
        energy = output[-1]
        constant = energy.new_zeros(()) if self.normalised else torch.logsumexp(-energy, 0)
        return target @ energy + constant

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the same for the true distribution."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the cross-entropy of independent pixels with the true means."""
        inputs, probabilities = self.test()
        mean = probabilities @ inputs["x"].flatten(1)
        return float(-(torch.xlogy(mean, mean) + torch.xlogy(1 - mean, 1 - mean)).sum())


def _binary(numbers: Tensor, digits: int) -> Tensor:
    """Return the binary digits `[.., digits]` of numbers, the lowest first."""
    return (numbers[:, None] >> torch.arange(digits) & 1).to(torch.get_default_dtype())


def examples(task: BarsAndStripes, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return states drawn with the probabilities that a module gives them."""
    probabilities = torch.softmax(-module(x=task.states)[-1], 0)
    drawn = torch.multinomial(probabilities, count, replacement=True, generator=torch.Generator().manual_seed(0))
    side = round(task.states[0].numel() ** 0.5)
    return [{"drawn": image.view(side, side)} for image in task.states[drawn]]
