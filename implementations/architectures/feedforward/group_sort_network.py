"""GroupSort network: orthogonal matrices with sorted units between, so that no distance grows and no gradient fades.

Source: Anil, Lucas & Grosse 2019, "Sorting out Lipschitz function approximation" (anil2019sorting).

Equations:
    h_0 = x,  h_l = GroupSort(Q_l h_{l-1} + b_l)
    y = V h_L + c
    Q_l^T Q_l = I,  V V^T = I                   V: the first rows of an orthogonal matrix

Shapes: B examples, F input features, which is the width of all layers, G <= F outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.group_sort import GroupSort
from implementations.concepts.unitary_layer.orthogonal_parametrisation import OrthogonalParametrisation
from kb.guards import checked_arguments, checked_inputs


class GroupSortNetwork(nn.Module):
    """Rotations with sorting between, and some components of the last.

    Args:
        groups: Number of groups of units; with their size it gives the number F of features and units.
        size: Units of a group.
        out_features: Number G of outputs, not more than there are features.
        depth: Number of hidden layers.
        bias: Whether the layers add constants.

    Example:
        >>> net, (a, b) = GroupSortNetwork(), torch.randn(2, 1, 6)
        >>> bool((net(a) - net(b)).norm() <= (a - b).norm())
        True
    """

    @checked_arguments()
    def __init__(
        self, *, groups: int = 3, size: int = 2, out_features: int = 2, depth: int = 2, bias: bool = True
    ) -> None:
        super().__init__()
        self.features = groups * size
        self.rotations = nn.ModuleList(OrthogonalParametrisation(units=self.features) for _ in range(depth + 1))
        self.sort = GroupSort(size=size)
        self.shifts = nn.ParameterList(torch.zeros(self.features) for _ in range(depth)) if bias else [None] * depth
        shift = torch.zeros(self.features).narrow(0, 0, out_features).clone()  # which there are not more of
        self.out_features, self.last_shift = out_features, nn.Parameter(shift) if bias else None

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return outputs that differ by no more than the inputs do."""
        *hidden, last = self.rotations
        for rotation, shift in zip(hidden, self.shifts, strict=True):
            x = self.sort(F.linear(x, rotation.matrix(), shift))
        return F.linear(x, last.matrix()[: self.out_features], self.last_shift)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.features, generator=generator)}
