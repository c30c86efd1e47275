"""Layer-normalised network: dense layers whose sums are normalised over the units of a layer, one example at a time.

Source: Ba, Kiros & Hinton 2016, "Layer normalization" (ba2016layer).

Equations:
    a_l = W_l h_{l-1}
    h_l = ReLU(g_l (a_l - mean(a_l)) / deviation(a_l) + b_l)        over the units of the layer
    y = V h_L + c

Shapes: B examples, F input features, K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-30
"""Added to variances, so that a layer whose sums are all equal gives zeros; beside any other variance it is nothing."""


class LayerNormalisedNetwork(nn.Module):
    """Hidden layers without constants before the normalisation, and a linear read-out.

    Args:
        in_features: Number F of input features.
        hidden: Widths of the hidden layers.
        classes: Number K of classes.

    Example:
        >>> net, x = LayerNormalisedNetwork(), torch.randn(3, 6)
        >>> torch.allclose(net(100 * x), net(x), atol=1e-5)
        True
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 6, hidden: Sequence[int] = (8, 7), classes: int = 4) -> None:
        super().__init__()
        self.layers = nn.Sequential()
        for narrow, wide in pairwise([in_features, *hidden]):
            layer = nn.Linear(narrow, wide, bias=False), nn.LayerNorm(wide, eps=EPSILON), nn.ReLU()
            self.layers.append(nn.Sequential(*layer))
        self.read_out = nn.Linear([in_features, *hidden][-1], classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.read_out(self.layers(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.layers[0][0].in_features, generator=generator)}
