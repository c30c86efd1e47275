"""Set2Set: an LSTM reads a set several times, each time as a mean weighted by attention to its state.

Source: Vinyals, Bengio & Kudlur 2016 (vinyals2015order), the process block.

Equations:
    q_t  = LSTM(q*_{t-1})
    a_it = softmax over i of x_i . q_t
    r_t  = sum over i of a_it x_i
    q*_t = (q_t, r_t),   q*_0 = 0

Shapes: N elements of D features, B sets.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.aggregation.edge_softmax import EdgeSoftmax
from implementations.concepts.component.sum_aggregation import SumAggregation
from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from kb.guards import checked_arguments


class Set2Set(nn.Module):
    """Read every set a few times, and return the last query and its result.

    Args:
        features: Number D of features of an element, and of a query.
        steps: How often the set is read.

    Example:
        >>> Set2Set(features=4, steps=3)(torch.zeros(5, 4), torch.tensor([0, 0, 0, 1, 1]), 2).shape
        torch.Size([2, 8])
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, steps: int = 3) -> None:
        super().__init__()
        self.steps = steps
        self.lstm = LSTMCell(in_features=2 * features, units=features)
        self.softmax = EdgeSoftmax()
        self.aggregate = SumAggregation()

    def forward(self, x: Float[Tensor, "N D"], index: Int[Tensor, " N"], sets: int = 2) -> Float[Tensor, "B 2*D"]:
        """Return the last query and result for `sets` sets; `index` has the set of each element."""
        q = c = x.new_zeros(sets, x.shape[1])
        read = torch.cat([q, q], 1)
        for _ in range(self.steps):
            q, c = self.lstm(read, q, c)
            weights = self.softmax((x * q[index]).sum(1, keepdim=True), index, sets)
            read = torch.cat([q, self.aggregate(weights * x, index, sets)], 1)
        return read

    def example_inputs(self, generator: torch.Generator, *, N: int = 7) -> dict[str, Tensor]:
        """Return two sets of random elements."""
        x = torch.randn(N, self.lstm.recurrent.in_features, generator=generator)
        return {"x": x, "index": torch.arange(N) * 2 // N}
