"""Random masking: of the vectors of a sequence a random share is removed, and the rest is kept.

Source: He et al. 2022, "Masked autoencoders are scalable vision learners", sec. 3 (he2022masked).

Equations:
    visible: the S = floor((1 - r) T) vectors with the smallest noise, in the order of it
    hidden_t = 1 if vector t is removed, else 0

Shapes: B examples, T vectors, S visible ones, D width.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class Masked(NamedTuple):
    """The vectors that are kept, and which are removed: 1 for these, 0 for visible ones."""

    visible: Float[Tensor, "B S D"]
    hidden: Float[Tensor, "B T"]


class RandomMasking(nn.Module):
    """Noise, which is an input, decides what is removed.

    Args:
        masked: Share r of the vectors that is removed.

    Example:
        >>> x, noise = torch.tensor([[[1.0], [2.0], [3.0], [4.0]]]), torch.tensor([[0.7, 0.1, 0.9, 0.3]])
        >>> visible, hidden = RandomMasking(masked=0.5)(x, noise)
        >>> visible.flatten(), hidden
        (tensor([2., 4.]), tensor([[1., 0., 1., 0.]]))
        >>> restored(visible, torch.zeros(1), noise).flatten()
        tensor([0., 2., 0., 4.])
    """

    @checked_arguments(masked=(0, 1))
    def __init__(self, *, masked: float = 0.75) -> None:
        super().__init__()
        self.masked = masked

    def forward(self, x: Float[Tensor, "B T D"], noise: Float[Tensor, "B T"]) -> Masked:
        """Return the vectors with the smallest noise, and which are not among them."""
        count = int(x.shape[1] * (1 - self.masked))
        order = noise.argsort(1)
        return Masked(x.take_along_dim(order[:, :count, None], 1), (ranks(noise) >= count).to(x.dtype))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 9) -> dict[str, Tensor]:
        """Return a random sequence, and noise."""
        return {"x": torch.randn(B, T, 3, generator=generator), "noise": torch.randn(B, T, generator=generator)}


def ranks(noise: Float[Tensor, "B T"]) -> Int[Tensor, "B T"]:
    """Return where in the order of the noise every vector is."""
    return noise.argsort(1).argsort(1)


def restored(
    visible: Float[Tensor, "B S D"], filler: Float[Tensor, " D"], noise: Float[Tensor, "B T"]
) -> Float[Tensor, "B T D"]:
    """Return the sequence in which visible vectors are where they were, and one vector is at all other positions."""
    removed = noise.shape[1] - visible.shape[1]
    filled = torch.cat([visible, filler.expand(len(visible), removed, -1)], 1)
    return filled.take_along_dim(ranks(noise)[..., None], 1)
