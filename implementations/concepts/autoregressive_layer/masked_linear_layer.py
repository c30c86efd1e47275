"""Masked linear layer: units have numbers, and a unit sees those before it whose number is not larger than its own.

Source: Germain, Gregor, Murray & Larochelle 2015, "MADE: masked autoencoder for distribution estimation"
(germain2015made).

Equations:
    y = (W * M) x + b
    M_kd = 1 if m(k) >= m(d), else 0         between inputs and hidden units, and between hidden units
    M_dk = 1 if m(d) > m(k), else 0          strict: before the outputs

Shapes: B examples, F units before, G units after.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class MaskedLinearLayer(nn.Module):
    """A linear layer in which some weights are zero and stay so.

    Args:
        before: The numbers of the units that are seen.
        after: The numbers of the units of the layer.
        strict: Whether a unit sees smaller numbers only.

    Example:
        >>> layer = MaskedLinearLayer(before=(1, 2), after=(1, 2), strict=True)
        >>> layer.mask
        tensor([[0., 0.],
                [1., 0.]])
    """

    @checked_arguments()
    def __init__(
        self, *, before: Sequence[int] = (1, 2, 3), after: Sequence[int] = (1, 2, 1, 2), strict: bool = False
    ) -> None:
        super().__init__()
        before, after = torch.tensor(before), torch.tensor(after)[:, None]
        self.linear = nn.Linear(len(before), len(after))
        seen = after > before if strict else after >= before
        self.register_buffer("mask", seen.to(self.linear.weight.dtype), persistent=False)

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return weighted sums of the units with smaller numbers, or with equal ones as well."""
        return F.linear(x, self.linear.weight * self.mask, self.linear.bias)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, self.linear.in_features, generator=generator)}
