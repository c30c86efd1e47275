"""Mean aggregation: the average of the messages to each node.

Source: Xu et al. 2019, sec. 5.3 (xu2018how), on the neighbourhoods that it distinguishes.

Equations:
    y_i = sum over k with r_k = i of m_k, divided by their number

Shapes: E messages of D features, N nodes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class MeanAggregation(nn.Module):
    """The mean of the messages to each node; a node that receives none gets zeros.

    Example:
        >>> MeanAggregation()(torch.tensor([[1.0], [2.0]]), torch.tensor([1, 1]), 3).flatten()
        tensor([0.0000, 1.5000, 0.0000])
    """

    def forward(
        self, messages: Float[Tensor, "E D"], receiver: Int[Tensor, " E"], nodes: int = 6
    ) -> Float[Tensor, "N D"]:
        """Return the means for `nodes` nodes."""
        sums = messages.new_zeros(nodes, messages.shape[1]).index_add(0, receiver, messages)
        return sums / torch.bincount(receiver, minlength=nodes).clamp(min=1)[:, None]

    def example_inputs(self, generator: torch.Generator, *, E: int = 8) -> dict[str, Tensor]:
        """Return random messages to the first five of six nodes."""
        return {
            "messages": torch.randn(E, 3, generator=generator),
            "receiver": torch.randint(0, 5, (E,), generator=generator),
        }
