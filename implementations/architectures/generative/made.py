"""MADE: an autoencoder with masks, so that the output at each place is a distribution given the inputs before it.

Source: Germain, Gregor, Murray & Larochelle 2015, "MADE: masked autoencoder for distribution estimation"
(germain2015made).

Equations:
    h_l = ReLU((W_l * M_l) h_{l-1} + b_l),  h_0 = x
    logit p(x_t = 1 | x before t) = ((V * M) h_L + c)_t
    p(x) = product over t of p(x_t | x before t)           the masks leave no path from x_t to place t or an earlier one

Shapes: B examples, T bits of an example, as a sequence.
"""

import random
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.autoregressive_layer.masked_linear_layer import MaskedLinearLayer
from kb.guards import checked_arguments, checked_inputs


class MADE(nn.Module):
    """Masked layers; hidden units are numbered from 1 to T - 1 in turn, again and again.

    Args:
        bits: Number T of bits, at least 2.
        hidden: Units of every hidden layer.
        depth: Number of hidden layers.
        shuffled: Whether places are numbered in a random order, always the same one, instead of from left to right.

    Example:
        >>> net, x = MADE(bits=2), torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        >>> probabilities = (-net.negative_log_likelihood(generator=torch.Generator(), x=x)).exp()
        >>> torch.allclose(probabilities.sum(), torch.tensor(1.0))
        True
    """

    @checked_arguments(bits=2)
    def __init__(self, *, bits: int = 6, hidden: int = 12, depth: int = 1, shuffled: bool = False) -> None:
        super().__init__()
        self.order = random.Random(0).sample(range(bits), bits) if shuffled else list(range(bits))
        places = [self.order.index(place) + 1 for place in range(bits)]
        units = [unit % (bits - 1) + 1 for unit in range(hidden)]
        self.layers = nn.ModuleList(
            MaskedLinearLayer(before=before, after=after) for before, after in pairwise([places, *[units] * depth])
        )
        self.read_out = MaskedLinearLayer(before=units, after=places, strict=True)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Return the log-odds of every bit, given those before it in the order."""
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.read_out(x)

    def negative_log_likelihood(self, *, generator: torch.Generator, x: Float[Tensor, "B T"]) -> Float[Tensor, " B"]:
        """Return -log p(x), which is exact: nothing is drawn."""
        return F.binary_cross_entropy_with_logits(self(x), x, reduction="none").sum(1)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B T"]:
        """Draw bits one after the other, each given those before it in the order."""
        x = self.read_out.linear.weight.new_zeros(count, len(self.order))
        for place in self.order:
            x[:, place] = torch.bernoulli(torch.sigmoid(self(x)[:, place]), generator=generator)
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random bits."""
        bits = torch.rand(B, len(self.order), generator=generator) < 0.5
        return {"x": bits.to(torch.get_default_dtype())}
