"""Conditional neural process: predicts a function at any points from a mean of features of observed points.

Source: Garnelo et al. 2018, "Conditional neural processes" (garnelo2018conditional), and the authors' notebook.

Equations:
    r_i = h(x_i, y_i)                                     h: perceptron, for every observation
    r = mean over i of r_i
    mu, s = g(x, r)                                       g: perceptron, for every target
    p(y | x, observations) = N(mu, sigma^2),  sigma = 0.1 + 0.9 softplus(s)

Shapes: B functions, S observations, T targets, F features of a point, G values of the function.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.pooling.global_average_pooling import GlobalAveragePooling
from kb.guards import checked_arguments, checked_inputs

LEAST = 0.1


class Predicted(NamedTuple):
    """Mean and standard deviation of the value at every target."""

    mean: Float[Tensor, "B T G"]
    deviation: Float[Tensor, "B T G"]


class NeuralProcess(nn.Module):
    """A perceptron for observations, a mean, and a perceptron for targets.

    Args:
        in_features: Number F of features of a point.
        out_features: Number G of values at a point.
        hidden: Width of all hidden layers, and number of features that are averaged.
        encoder_layers: Affine layers of the perceptron for observations.
        decoder_layers: Affine layers of the perceptron for targets.

    Example:
        >>> x, y, target = torch.zeros(1, 4, 2), torch.zeros(1, 4, 1), torch.zeros(1, 7, 2)
        >>> NeuralProcess()(target, x, y).mean.shape
        torch.Size([1, 7, 1])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 2,
        out_features: int = 1,
        hidden: int = 6,
        encoder_layers: int = 2,
        decoder_layers: int = 2,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.encoder = perceptron([in_features + out_features, *[hidden] * encoder_layers])
        self.pool = GlobalAveragePooling()
        self.decoder = perceptron([in_features + hidden, *[hidden] * (decoder_layers - 1), 2 * out_features])

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B T F"], context_x: Float[Tensor, "B S F"], context_y: Float[Tensor, "B S G"]
    ) -> Predicted:
        """Return the predictions at the targets `x`, given the values at some points."""
        observed = self.encoder(torch.cat([context_x, context_y], 2))
        summary = self.pool(observed.transpose(1, 2))[:, None].expand(-1, x.shape[1], -1)  # [B, hidden] for all T
        mean, scale = self.decoder(torch.cat([x, summary], 2)).chunk(2, 2)
        return Predicted(mean, LEAST + (1 - LEAST) * F.softplus(scale))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4, S: int = 5) -> dict[str, Tensor]:
        """Return random points and values; the numbers of observations and targets differ."""
        return {
            "x": torch.randn(B, T, self.in_features, generator=generator),
            "context_x": torch.randn(B, S, self.in_features, generator=generator),
            "context_y": torch.randn(B, S, self.out_features, generator=generator),
        }


def perceptron(widths: list[int]) -> nn.Sequential:
    """Return affine layers with rectified linear units between them."""
    layers = nn.Sequential(nn.Linear(widths[0], widths[1]))
    for narrow, wide in pairwise(widths[1:]):
        layers.extend([nn.ReLU(), nn.Linear(narrow, wide)])
    return layers
