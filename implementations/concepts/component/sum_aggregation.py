"""Sum aggregation: the sum of the messages to each node.

Source: Battaglia et al. 2018, sec. 4.2 (battaglia2018relational); Zaheer et al. 2017 (zaheer2017deep) for sums as
functions of sets.

Equations:
    y_i = sum over k with r_k = i of m_k

Shapes: E messages of D features, N nodes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class SumAggregation(nn.Module):
    """The sum of the messages to each node; a node that receives none gets zeros.

    Example:
        >>> SumAggregation()(torch.tensor([[1.0], [2.0]]), torch.tensor([1, 1]), 3).flatten()
        tensor([0., 3., 0.])
    """

    def forward(
        self, messages: Float[Tensor, "E D"], receiver: Int[Tensor, " E"], nodes: int = 6
    ) -> Float[Tensor, "N D"]:
        """Return the sums for `nodes` nodes."""
        return messages.new_zeros(nodes, messages.shape[1]).index_add(0, receiver, messages)

    def example_inputs(self, generator: torch.Generator, *, E: int = 8) -> dict[str, Tensor]:
        """Return random messages to the first five of six nodes."""
        return {
            "messages": torch.randn(E, 3, generator=generator),
            "receiver": torch.randint(0, 5, (E,), generator=generator),
        }
