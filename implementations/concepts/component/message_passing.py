"""Message passing: every node updates itself from the sum of messages along its incoming edges.

Source: Gilmer et al. 2017, eq. 1 and 2 (gilmer2017neural); Battaglia et al. 2018 (battaglia2018relational).

Equations:
    m_i  = sum over edges (j, i) of M(x_i, x_j)
    x_i' = U(x_i, m_i)

Shapes: N nodes, E edges, F features.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class MessagePassing(nn.Module):
    """One step with linear messages and a rectified linear update.

    Args:
        features: Number F of features of a node, before and after.
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4) -> None:
        super().__init__()
        self.message = nn.Linear(2 * features, features)
        self.update = nn.Linear(2 * features, features)

    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N F"]:
        """Return the new features of all nodes; `edge_index` lists sources and targets."""
        source, target = edge_index
        messages = self.message(torch.cat([x[target], x[source]], 1))
        received = messages.new_zeros(x.shape).index_add(0, target, messages)
        return torch.relu(self.update(torch.cat([x, received], 1)))

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 8) -> dict[str, Tensor]:
        """Return random edges among all nodes but the last, which is isolated."""
        edges = torch.randint(0, N - 1, (2, E), generator=generator)
        return {"x": torch.randn(N, self.update.out_features, generator=generator), "edge_index": edges}
