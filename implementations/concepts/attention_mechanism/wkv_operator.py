"""The WKV operator: a mean of the values so far, feature by feature, whose weights decay with the distance.

Source: Peng et al. 2023, "RWKV: reinventing RNNs for the Transformer era", eq. 16 and 19-28 (peng2023rwkv).

Equations:
    y_t = (sum over i < t of e^(k_i - (t - 1 - i) w) v_i + e^(u + k_t) v_t) / (the same without v), w > 0
    as a recurrence of the mean m of the values so far and the logarithm s of the sum of their weights:
    y_t = m + sigmoid(u + k_t - s) (v_t - m)
    m' = m + sigmoid(k_t + w - s) (v_t - m),    s' = log(e^(s - w) + e^(k_t))

Shapes: B examples, T positions, D features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class Means(NamedTuple):
    """The output of every position, and the mean and the logarithm of the sum of weights after the last."""

    y: Float[Tensor, "B T D"]
    m: Float[Tensor, "B D"]
    s: Float[Tensor, "B D"]


class WKVOperator(nn.Module):
    """One position after the other; no exponential is taken that could overflow.

    Args:
        width: Number D of features.
        depth: Where the layer is in its network, from 0 for the first to 1 for the last: decays start faster there.

    Example:
        >>> k, v = torch.zeros(1, 3, 2), torch.ones(1, 3, 2)
        >>> WKVOperator(width=2)(k, v, torch.zeros(1, 2), torch.full((1, 2), -torch.inf)).y[0, 2].detach()
        tensor([1., 1.])
    """

    @checked_arguments(depth=0)
    def __init__(self, *, width: int = 4, depth: float = 0.0) -> None:
        super().__init__()
        feature = torch.arange(width)
        place = feature / max(width - 1, 1)
        self.log_decay = nn.Parameter(-5 + 8 * place ** (0.7 + 1.3 * depth))
        self.bonus = nn.Parameter(0.5 * ((feature + 1) % 3 - 1) + torch.tensor(0.3).log())

    def forward(
        self, k: Float[Tensor, "B T D"], v: Float[Tensor, "B T D"], m: Float[Tensor, "B D"], s: Float[Tensor, "B D"]
    ) -> Means:
        """Run over a sequence from a mean and a logarithm, which is minus infinity where nothing came before."""
        decay, outputs = self.log_decay.exp(), []
        for key, value in zip(k.unbind(1), v.unbind(1), strict=True):
            outputs.append(m + torch.sigmoid(key + self.bonus - s) * (value - m))
            ahead = key + decay - s  # logarithm of the weight of this value relative to those of all before
            m, s = m + torch.sigmoid(ahead) * (value - m), key - F.logsigmoid(ahead)
        return Means(torch.stack(outputs, 1), m, s)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random keys and values, and what a sequence before left."""
        width = len(self.bonus)
        shapes = {"k": (B, T, width), "v": (B, T, width), "m": (B, width), "s": (B, width)}
        return {name: torch.randn(*shape, generator=generator) for name, shape in shapes.items()}
