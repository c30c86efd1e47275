"""PointNet: classifies a point cloud by a shared function of its points and a maximum over them.

Source: Qi et al. 2017, "PointNet: deep learning on point sets for 3D classification and segmentation"
(qi2017pointnet).

Equations:
    x'_t = x_t A(x),   h_t = mlp(x'_t),   h'_t = h_t A'(h),   g = max over t of mlp(h'_t),   y = mlp(g)
    A, A': matrices that alignment networks predict; mlp: linear maps with batch normalisation and rectifiers

Shapes: B point clouds, T points, X coordinates, D features of a point, K classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.equivariant_layer.alignment_network import AlignmentNetwork, normalised_layers
from implementations.concepts.pooling.global_max_pooling import GlobalMaxPooling
from kb.guards import checked_arguments, checked_inputs


class PointNet(nn.Module):
    """Alignment, layers for each point, alignment of their features, more layers, maximum, dense layers.

    Args:
        coordinates: Number X of coordinates of a point.
        width: Units of the first layers, 64 in the paper; all other widths are multiples of it.
        classes: Number K of classes.

    Example:
        >>> PointNet(classes=10).eval()(torch.zeros(2, 6, 3)).shape
        torch.Size([2, 10])
    """

    @checked_arguments()
    def __init__(self, *, coordinates: int = 3, width: int = 2, classes: int = 4) -> None:
        super().__init__()
        self.coordinates = coordinates
        self.align = AlignmentNetwork(features=coordinates, width=width)
        self.first = normalised_layers(coordinates, width, width)
        self.align_features = AlignmentNetwork(features=width, width=width)
        self.second = normalised_layers(width, width, 2 * width, 16 * width)
        self.pool = GlobalMaxPooling()
        self.classifier = nn.Sequential(
            normalised_layers(16 * width, 8 * width, 4 * width), nn.Linear(4 * width, classes)
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T X"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.pool(self.trunk(x)))  # [B, T, D] -> [B, D] -> [B, K]

    def trunk(self, x: Float[Tensor, "B T X"]) -> Float[Tensor, "B T D"]:
        """Return the features of every point before their maximum."""
        size = x.shape[:2]
        h = self.first(self.align(x).flatten(0, 1)).unflatten(0, size)
        return self.second(self.align_features(h).flatten(0, 1)).unflatten(0, size)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 6) -> dict[str, Tensor]:
        """Return random point clouds, the first with a point that occurs twice."""
        x = torch.randn(B, T, self.coordinates, generator=generator)
        x[0, -1] = x[0, 0]
        return {"x": x}
