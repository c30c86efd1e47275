"""Point cloud autoencoder: a set of points becomes one vector, and the vector a list of points.

Source: Achlioptas et al. 2018, "Learning representations and generative models for 3D point clouds"
(achlioptas2017learning).

Equations:
    z = max over t of phi(x_t)                  phi: linear maps with batch normalisation and rectifiers
    (y_1, ..., y_S) = reshape(psi(z))           psi: a perceptron, with S X outputs
    d(x, y) = mean over t of min over s of |x_t - y_s|^2 + mean over s of min over t of |x_t - y_s|^2

Shapes: B point clouds, T points, S decoded points, X coordinates, U numbers of the code.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.pooling.global_max_pooling import GlobalMaxPooling
from kb.guards import checked_arguments, checked_inputs


class PointEncoder(nn.Module):
    """The same layers at every point, of widths 1, 2, 2 and 4 times `width`, then the code; and the maximum."""

    def __init__(self, coordinates: int, width: int, code: int) -> None:
        super().__init__()
        self.points = nn.Sequential()
        for narrow, wide in pairwise([coordinates, width, 2 * width, 2 * width, 4 * width, code]):
            self.points.extend([nn.Linear(narrow, wide), nn.BatchNorm1d(wide), nn.ReLU()])
        self.pool = GlobalMaxPooling()

    def forward(self, x: Float[Tensor, "B T X"]) -> Float[Tensor, "B U"]:
        """Return the code of every point cloud."""
        return self.pool(self.points(x.flatten(0, 1)).unflatten(0, x.shape[:2]))


class PointDecoder(nn.Module):
    """A perceptron with two hidden layers, whose outputs are all coordinates of all points."""

    def __init__(self, code: int, hidden: int, points: int, coordinates: int) -> None:
        super().__init__()
        self.coordinates = coordinates
        self.layers = nn.Sequential(
            nn.Linear(code, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, points * coordinates),
        )

    def forward(self, z: Float[Tensor, "B U"]) -> Float[Tensor, "B S X"]:
        """Return the points that codes stand for."""
        return self.layers(z).unflatten(1, (-1, self.coordinates))


class PointCloudAutoencoder(nn.Module):
    """An encoder that is symmetric in the points, and a decoder that lists them in an order of its own.

    Args:
        coordinates: Number X of coordinates of a point.
        width: Units of the first layer of the encoder; the others have twice and four times as many.
        code: Numbers U of the code.
        hidden: Units of the hidden layers of the decoder.
        points: Number S of decoded points.

    Example:
        >>> PointCloudAutoencoder(points=7).eval()(torch.zeros(2, 6, 3)).shape
        torch.Size([2, 7, 3])
    """

    @checked_arguments()
    def __init__(
        self, *, coordinates: int = 3, width: int = 4, code: int = 5, hidden: int = 8, points: int = 6
    ) -> None:
        super().__init__()
        self.coordinates = coordinates
        self.encoder = PointEncoder(coordinates, width, code)
        self.decoder = PointDecoder(code, hidden, points, coordinates)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T X"]) -> Float[Tensor, "B S X"]:
        """Return the decoded points of every cloud."""
        return self.decoder(self.encoder(x))

    def chamfer_distance(
        self, x: Float[Tensor, "B T X"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, " B"]:
        """Return how far every cloud and its decoded points are from each other; nothing is drawn."""
        distances = (x[:, :, None] - self(x)[:, None]).square().sum(3)  # [B, T, S]
        return distances.amin(2).mean(1) + distances.amin(1).mean(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return random point clouds, the first with a point that occurs twice."""
        x = torch.randn(B, T, self.coordinates, generator=generator)
        x[0, -1] = x[0, 0]
        return {"x": x}
