"""LeNet-5: convolutions and trainable subsampling in turn, then distances to fixed codes of the classes.

Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition"
(lecun1998gradient), sec. II-B; names of layers are the paper's.

Equations:
    f(a) = A tanh(S a), A = 1.7159, S = 2/3                    after every layer but the last
    C1, C5: a = W * x + b,  F6: a = W x + b
    C3: a_d = sum over c in T_d of w_dc * x_c + b_d            T_d: maps that map d is connected to (Table I)
    S2, S4: a_c = w_c (sum of a 2x2 window of x_c) + b_c
    output: y_i = sum over j of (x_j - w_ij)^2                 w_ij = -1 or 1, the code of class i

Shapes: B examples, C input channels, H height, W width, D maps of S4, U maps of C5, G units of F6, K classes.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.output_layer.euclidean_radial_basis_layer import EuclideanRadialBasisLayer
from implementations.concepts.pooling.trainable_subsampling import TrainableSubsampling
from kb.guards import checked_arguments, checked_inputs

TABLE = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 0), (5, 0, 1),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 0), (4, 5, 0, 1), (5, 0, 1, 2),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip
"""For each of the 16 maps of C3, the maps of S2 that it is connected to (Table I)."""


class Squashing(nn.Module):
    """The scaled hyperbolic tangent, for which f(1) is nearly 1 and f(-1) nearly -1."""

    def forward(self, a: Tensor) -> Tensor:
        """Return A tanh(S a)."""
        return 1.7159 * torch.tanh(2 / 3 * a)


class PartialConvolution(nn.Module):
    """A convolution each of whose maps sees only some maps of its input, so that maps differ in what they can compute.

    Args:
        table: For each map, the maps of the input that it is connected to.
        size: Width of a filter.
    """

    output_map: Tensor
    input_map: Tensor

    def __init__(self, *, table: Sequence[Sequence[int]], size: int) -> None:
        super().__init__()
        connections = [(row, column) for row, maps in enumerate(table) for column in maps]
        rows, columns = zip(*connections, strict=True)
        self.in_channels = 1 + max(columns)
        self.register_buffer("output_map", torch.tensor(rows), persistent=False)
        self.register_buffer("input_map", torch.tensor(columns), persistent=False)
        bound = 1 / math.sqrt(size**2 * len(rows) / len(table))  # one over the root of a unit's inputs, on average
        self.weight = nn.Parameter(torch.empty(len(rows), size, size).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(len(table)))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the maps; filters that do not exist are zero."""
        kernel = self.weight.new_zeros(len(self.bias), self.in_channels, *self.weight.shape[1:])
        kernel[self.output_map, self.input_map] = self.weight  # [connections, k, k] -> [D, C, k, k]
        return F.conv2d(x, kernel, self.bias)


class LeNet5(nn.Module):
    """Three convolutions with subsampling between them, a hidden layer, and distances to codes.

    Args:
        in_channels: Number C of input channels.
        table: For each map of C3, the maps of S2 that it is connected to.
        hidden: Maps of C5.
        units: Units of F6, and components of a code.
        image: Side of the images, a multiple of 4 and at least 16; C5 has filters as large as the maps of S4.
        classes: Number K of classes.

    Raises:
        ValueError: The image does not fit the windows.

    Example:
        >>> LeNet5()(torch.zeros(2, 1, 20, 20)).shape
        torch.Size([2, 5])
    """

    @checked_arguments(table=0)
    def __init__(
        self,
        *,
        in_channels: int = 1,
        table: Sequence[Sequence[int]] = TABLE,
        hidden: int = 6,
        units: int = 8,
        image: int = 20,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if image < 16 or image % 4:
            raise ValueError(f"image ({image}) must be a multiple of 4 and at least 16")
        self.in_channels, self.image = in_channels, image
        first, second = 1 + max(map(max, table)), len(table)
        self.c1 = nn.Sequential(nn.Conv2d(in_channels, first, 5), Squashing())
        self.s2 = nn.Sequential(TrainableSubsampling(channels=first), Squashing())
        self.c3 = nn.Sequential(PartialConvolution(table=table, size=5), Squashing())
        self.s4 = nn.Sequential(TrainableSubsampling(channels=second), Squashing())
        self.c5 = nn.Sequential(nn.Conv2d(second, hidden, image // 4 - 3), Squashing(), nn.Flatten())
        self.f6 = nn.Sequential(nn.Linear(hidden, units), Squashing())
        self.output = EuclideanRadialBasisLayer(in_features=units, classes=classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the negated distances to the codes: as with logits, the largest is that of the class."""
        return -self.output(self.f6(self.c5(self.trunk(x))))  # [B, D, p, p] -> [B, U] -> [B, G] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D P Q"]:
        """Return the maps of S4; images may have any size here."""
        return self.s4(self.c3(self.s2(self.c1(x))))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the filters of C5 need."""
        return {"x": torch.randn(B, self.in_channels, self.image, self.image, generator=generator)}

    def trunk_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 28, W: int = 36) -> dict[str, Tensor]:
        """Return random images of any size."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
