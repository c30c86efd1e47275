"""Random-walk code: how probable it is that a random walk is back at its node after one, two, three ... steps.

Source: Dwivedi et al. 2022, "Graph neural networks with learnable structural and positional representations"
(dwivedi2021graph).

Equations:
    R = D^-1 A;   p_v = (R_vv, (R^2)_vv, ..., (R^K)_vv);   h_v = x_v + C p_v + c

Shapes: N nodes, E edges, D features of a node, K steps.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class RandomWalkCode(nn.Module):
    """Adds a linear map of the code to the features of every node.

    Args:
        features: Number D of features of a node.
        steps: Length K of the longest walk.

    Example:
        >>> triangle = torch.tensor([[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]])
        >>> RandomWalkCode(steps=3).code(triangle, 3)[0]
        tensor([0.0000, 0.5000, 0.2500], dtype=torch.float64)
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, steps: int = 3) -> None:
        super().__init__()
        self.steps = steps
        self.map = nn.Linear(steps, features)

    def forward(self, x: Float[Tensor, "N D"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N D"]:
        """Return the features of all nodes with their mapped codes; a walk follows edges from source to target."""
        return x + self.map(self.code(edge_index, len(x), x.dtype))

    def code(
        self, edge_index: Int[Tensor, "2 E"], nodes: int, dtype: torch.dtype = torch.float64
    ) -> Float[Tensor, "N K"]:
        """Return the probabilities, in some precision; zeros for a node that no edge leaves."""
        source, target = edge_index
        adjacency = torch.zeros(nodes, nodes, dtype=dtype, device=edge_index.device)
        adjacency[source, target] = 1.0
        step = adjacency / adjacency.sum(1, keepdim=True).clamp(min=1)
        walks = [step]
        for _ in range(self.steps - 1):
            walks.append(walks[-1] @ step)
        return torch.stack([walk.diagonal() for walk in walks], 1)

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 8) -> dict[str, Tensor]:
        """Return random edges among all nodes but the last, which is isolated."""
        edges = torch.randint(0, N - 1, (2, E), generator=generator)
        return {"x": torch.randn(N, self.map.out_features, generator=generator), "edge_index": edges}
