"""NeRF: a perceptron of position and direction is a scene; pixels are rendered from it along rays.

Source: Mildenhall et al. 2020, "NeRF: representing scenes as neural radiance fields for view synthesis"
(mildenhall2020nerf), sec. 3-5; layers as in the authors' code.

Equations:
    r(t) = o + t d,   t_i in the i-th of T equal parts of [near, far]                                   eq. 2
    s(x) = relu(w h + b),   h = trunk of code(x)                       density: does not depend on d
    c(x, d) = sigmoid(W ReLU(V (A h, code(d))))                        colour
    C(r) = sum over i of w_i c_i, see volume rendering;  length_i = t_{i+1} - t_i,  t_{T+1} = far       eq. 3
         + 1 - sum over i of w_i                              what passes the whole ray is white: authors' code
    weights ~ Glorot's uniform distribution, biases 0                                     at the start of training

Shapes: B rays or points, F = 3 coordinates, T samples of a ray, G = 3 colours, U units.

Differs:
    1. One network, at samples that are spread evenly; not a second one at samples where the first found something.
    2. The last sample of a ray stands for what is left up to the far bound, not for all that is beyond it.
    3. What is behind the scene is white, as in the authors' code for drawn scenes, not black.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.aggregation.volume_rendering import VolumeRendering
from implementations.concepts.initialisation.glorot_initialisation import glorot_initialisation
from implementations.concepts.position_code.frequency_encoding import FrequencyEncoding
from kb.guards import checked_arguments, checked_inputs

SPACE, COLOURS = 3, 3


class Radiance(NamedTuple):
    """What a field has at every point: a density, and a colour as seen from one direction."""

    density: Float[Tensor, " B"]
    colour: Float[Tensor, "B G"]


class Field(nn.Module):
    """Layers on the encoded position, which enters twice; then the density, and with a direction a colour.

    Args:
        units: Units U of a layer.
        layers: Layers before the position is concatenated again, and layers after it.
        head: Units of the layer that gets the direction.
        frequencies: Of the encoding of positions.
        direction_frequencies: Of the encoding of directions.
    """

    def __init__(
        self, units: int, layers: tuple[int, int], head: int, frequencies: int, direction_frequencies: int
    ) -> None:
        super().__init__()
        before, after = layers
        place, direction = 2 * frequencies * SPACE, 2 * direction_frequencies * SPACE
        self.encode_position = FrequencyEncoding(frequencies=frequencies)
        self.encode_direction = FrequencyEncoding(frequencies=direction_frequencies)
        self.layers_before = perceptron([place, *[units] * before])
        self.layers_after = perceptron([units + place, *[units] * after])
        self.density = nn.Sequential(nn.Linear(units, 1), nn.ReLU())
        self.feature = nn.Linear(units, units)
        self.colour = nn.Sequential(*perceptron([units + direction, head]), nn.Linear(head, COLOURS), nn.Sigmoid())

    def forward(self, x: Float[Tensor, "B F"], direction: Float[Tensor, "B F"]) -> Radiance:
        """Return density and colour at some points, each seen in a direction."""
        place = self.encode_position(x)
        h = self.layers_after(torch.cat([self.layers_before(place), place], 1))
        seen = torch.cat([self.feature(h), self.encode_direction(direction)], 1)
        return Radiance(self.density(h)[:, 0], self.colour(seen))


class NeRF(nn.Module):
    """A field, and the rendering of rays through it.

    Args:
        units: Units U of a layer of the field.
        layers_before: Its layers before the encoded position is concatenated again.
        layers_after: Its layers after that.
        head: Units of the layer that gets the direction.
        frequencies: Frequencies of the encoding of positions.
        direction_frequencies: Frequencies of the encoding of directions.
        samples: Samples T of a ray.
        near: Where the samples of a ray begin, in lengths of its direction.
        far: Where they end.

    Example:
        >>> origin, direction = torch.tensor([[0.0, 0.0, -2.0]]), torch.tensor([[0.0, 0.0, 1.0]])
        >>> NeRF()(origin, direction).shape
        torch.Size([1, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        units: int = 8,
        layers_before: int = 1,
        layers_after: int = 1,
        head: int = 4,
        frequencies: int = 3,
        direction_frequencies: int = 2,
        samples: int = 5,
        near: float = 1.0,
        far: float = 3.0,
    ) -> None:
        super().__init__()
        self.samples, self.near, self.far = samples, near, far
        self.field = Field(units, (layers_before, layers_after), head, frequencies, direction_frequencies)
        self.render = VolumeRendering()
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                glorot_initialisation(layer.weight)
                nn.init.zeros_(layer.bias)

    @checked_inputs()
    def forward(
        self,
        origin: Float[Tensor, "B F"],
        direction: Float[Tensor, "B F"],
        offset: Float[Tensor, "B T"] | None = None,
    ) -> Float[Tensor, "B G"]:
        """Return the colour of the pixel at the end of every ray.

        Args:
            origin: Where rays begin, at the camera.
            direction: Of the rays, of length one.
            offset: Where in its part of the ray each sample lies, from 0 to 1; in the middle by default.
        """
        if offset is None:
            offset = origin.new_full((len(origin), self.samples), 0.5)
        parts = torch.arange(self.samples, device=origin.device, dtype=origin.dtype)
        t = self.near + (self.far - self.near) * (parts + offset) / self.samples  # [B, T]
        points = origin[:, None] + t[:, :, None] * direction[:, None]  # [B, T, F]
        seen_along = direction[:, None].expand(-1, self.samples, -1)
        radiance = self.field(points.flatten(0, 1), seen_along.flatten(0, 1))
        length = torch.diff(t, append=t.new_full((len(t), 1), self.far))
        missing = 1 - radiance.colour.view(*t.shape, -1)  # what each sample takes from the white behind it
        return 1 - self.render(radiance.density.view_as(t), length, missing)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return rays from anywhere in any direction, of which some miss the scene."""
        origin, direction = torch.randn(2, B, SPACE, generator=generator)
        return {"origin": origin, "direction": direction / direction.norm(dim=1, keepdim=True)}


def perceptron(widths: list[int]) -> nn.Sequential:
    """Return affine layers with a rectified linear unit after each."""
    layers = nn.Sequential()
    for narrow, wide in pairwise(widths):
        layers.extend([nn.Linear(narrow, wide), nn.ReLU()])
    return layers
