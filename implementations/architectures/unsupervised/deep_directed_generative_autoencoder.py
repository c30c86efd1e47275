"""Deep directed generative autoencoder: a code of bits, the input given the code, and a prior of the code.

Source: Ozair & Bengio 2014, "Deep directed generative autoencoders" (ozair2014deep); the lecture, S5.

Equations:
    P(x) = sum over h of P(x | h) P(h) >= P(x | h = f(x)) P(h = f(x))
    bound = -log P(x | h_1) - log P(h_1 | h_2) - ... - log P(h_L)      h_l = f_l(h_(l-1)), h_0 = x
    f_l(h) = 1 where sigma(A_l h + a_l) > 1/2, else 0; in training the step has the derivative one (straight-through)
    P(h_(l-1) | h_l): independent bits with log-odds B_l h_l + b_l      P(h_L): independent bits with log-odds c

Shapes: B examples, F input bits, U bits of the last code.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gradient_estimator.straight_through_estimator import StraightThroughEstimator
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """The last code, and an upper bound of -log P(x)."""

    h: Float[Tensor, "B U"]
    bound: Float[Tensor, " B"]


class DeepDirectedGenerativeAutoencoder(nn.Module):
    """Levels of thresholded codes, each with a distribution of the level below given it, and a prior of the last.

    Args:
        in_features: Number F of input bits.
        levels: Bits of the code of every level.
        warm_up: Training passes over which the weight of the codes' cost rises from zero to one. With the full cost
            from the start, the encoder may stop using its codes before the decoder has learned to use them.

    Raises:
        ValueError: There is no level.

    Example:
        >>> model = DeepDirectedGenerativeAutoencoder(in_features=4, levels=[3, 2])
        >>> model(torch.ones(5, 4)).h.shape, model(torch.ones(5, 4)).bound.shape
        (torch.Size([5, 2]), torch.Size([5]))
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 6, levels: Sequence[int] = (5, 4), warm_up: int = 0) -> None:
        super().__init__()
        if not levels:
            raise ValueError("levels is empty: the prior needs a code to be about")
        widths = [in_features, *levels]
        self.encoders = nn.ModuleList(nn.Linear(below, above) for below, above in pairwise(widths))
        self.decoders = nn.ModuleList(nn.Linear(above, below) for below, above in pairwise(widths))
        self.prior = nn.Parameter(torch.zeros(widths[-1]))
        self.threshold = StraightThroughEstimator(threshold=0.5)
        self.warm_up = warm_up
        self.register_buffer("passes", torch.tensor(0))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Outputs:
        """Return the last code of every example, and the bound of its negative log-likelihood in nats.

        In the first passes of training, the bound lacks a part of the codes' cost.
        """
        codes = self.encode(x)
        of_input, *of_codes = self.log_terms(codes)
        weight = 1.0
        if self.training and self.passes < self.warm_up:
            weight = self.passes.item() / self.warm_up
            self.passes += 1
        return Outputs(codes[-1], -of_input - weight * torch.stack(of_codes).sum(0))

    def encode(self, x: Float[Tensor, "B F"]) -> list[Tensor]:
        """Return the input and its codes, level by level."""
        codes = [x]
        for encoder in self.encoders:
            codes.append(self.threshold(torch.sigmoid(encoder(codes[-1]))))
        return codes

    def log_terms(self, codes: Sequence[Tensor]) -> list[Float[Tensor, " B"]]:
        """Return log P(h_0 | h_1), ..., log P(h_L) of any codes, where h_0 is the input; their sum is the joint's."""
        logits = [decoder(above) for decoder, above in zip(self.decoders, codes[1:], strict=True)]
        return [_log_probability(bits, of) for bits, of in zip(codes, [*logits, self.prior], strict=True)]

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B F"]:
        """Draw codes from the prior, and then each level below given the one above."""
        bits = torch.bernoulli(torch.sigmoid(self.prior).expand(count, -1), generator=generator)
        for decoder in reversed(self.decoders):
            bits = torch.bernoulli(torch.sigmoid(decoder(bits)), generator=generator)
        return bits

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random bits."""
        bits = torch.rand(B, self.encoders[0].in_features, generator=generator) < 0.5
        return {"x": bits.to(torch.get_default_dtype())}


def _log_probability(bits: Float[Tensor, "B n"], logits: Float[Tensor, "*B n"]) -> Float[Tensor, " B"]:
    """Return the log-probability of independent bits with these log-odds."""
    return (bits * logits - F.softplus(logits)).sum(1)
