"""Batch-normalised network: dense layers whose sums are normalised over the batch before the non-linearity.

Source: Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing internal covariate
shift" (ioffe2015batch), Algorithms 1 and 2; sec. 4.1 for the network with three hidden layers.

Equations:
    h_l = g(BN(W_l h_{l-1})),   y = W_L h_{L-1} + b
    BN(x) = gamma (x - mean) / sqrt(variance + epsilon) + beta
    mean and variance are those of the batch in training, and running averages at inference

Shapes: B examples, F input features, K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}


class BatchNormalisedNetwork(nn.Module):
    """Hidden layers without biases, which the normalisation would cancel, and a linear read-out.

    Args:
        in_features: Number F of input features.
        hidden: Widths of the hidden layers.
        classes: Number K of classes.
        activation: `sigmoid`, as in the paper's first experiment, or `relu`.

    Raises:
        ValueError: The activation is unknown.

    Example:
        >>> BatchNormalisedNetwork()(torch.zeros(3, 6)).shape
        torch.Size([3, 4])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 6, hidden: Sequence[int] = (8, 7), classes: int = 4, activation: str = "sigmoid"
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation ({activation!r}) must be one of {', '.join(ACTIVATIONS)}")
        self.layers = nn.Sequential()
        for narrow, wide in pairwise([in_features, *hidden]):
            self.layers.append(
                nn.Sequential(nn.Linear(narrow, wide, bias=False), nn.BatchNorm1d(wide), ACTIVATIONS[activation]())
            )
        self.read_out = nn.Linear([in_features, *hidden][-1], classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.read_out(self.layers(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 5) -> dict[str, Tensor]:
        """Return random features that are far from normalised."""
        return {"x": 2 + 3 * torch.randn(B, self.layers[0][0].in_features, generator=generator)}
