"""CycleGAN: two generators translate images between two domains, and back again, without pairs of images.

Source: Zhu, Park, Isola & Efros 2017, "Unpaired image-to-image translation using cycle-consistent adversarial networks"
(zhu2017unpaired), sec. 4, with the networks of the authors' code.

Equations:
    generators: G from x to y, F from y to x;   discriminators D_Y and D_X, with a score for every patch of an image
    discriminators: minimise half of (D_Y(y) - 1)^2 + D_Y(G(x))^2 + (D_X(x) - 1)^2 + D_X(F(y))^2
    generators: minimise (D_Y(G(x)) - 1)^2 + (D_X(F(y)) - 1)^2 + lambda (|F(G(x)) - x| + |G(F(y)) - y|)

Shapes: B examples, C channels, H height, W width, P and Q height and width of a map of scores.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


def instance_norm(channels: int) -> nn.GroupNorm:
    """Return the normalisation of each channel over the positions of each image, without weights."""
    return nn.GroupNorm(channels, channels, affine=False)


class Outputs(NamedTuple):
    """Translated images of both domains, these translated back, and the scores of translated and of real images."""

    fake_y: Float[Tensor, "B C H W"]
    fake_x: Float[Tensor, "B C H W"]
    cycled_x: Float[Tensor, "B C H W"]
    cycled_y: Float[Tensor, "B C H W"]
    of_fake_y: Float[Tensor, "B P Q"]
    of_fake_x: Float[Tensor, "B P Q"]
    of_real_y: Float[Tensor, "B P Q"]
    of_real_x: Float[Tensor, "B P Q"]


class ResidualBlock(nn.Module):
    """Two normalised convolutions with their input added; no rectifier follows the sum."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), instance_norm(width), nn.ReLU()),
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), instance_norm(width)),
        )

    def forward(self, x: Float[Tensor, "B D H W"]) -> Float[Tensor, "B D H W"]:
        """Return the sum of the input and the branch."""
        return x + self.layers(x)


class Generator(nn.Module):
    """From an image of one domain to one of the other: strided convolutions, residual blocks, transposed ones."""

    def __init__(self, channels: int, width: int, blocks: int) -> None:
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, 7), instance_norm(width), nn.ReLU()]
        for wide in (2 * width, 4 * width):
            layers += [nn.Conv2d(wide // 2, wide, 3, stride=2, padding=1), instance_norm(wide), nn.ReLU()]
        layers += [ResidualBlock(4 * width) for _ in range(blocks)]
        for wide in (2 * width, width):
            enlarge = nn.ConvTranspose2d(2 * wide, wide, 3, stride=2, padding=1, output_padding=1)
            layers += [enlarge, instance_norm(wide), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh())

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return the translated images; where four does not divide a side, what is too much is cut off."""
        return self.layers(x)[:, :, : x.shape[2], : x.shape[3]]


class Discriminator(nn.Module):
    """From an image to a score for every patch of it, which is near 1 if the patch seems real."""

    def __init__(self, channels: int, width: int, layers: int) -> None:
        super().__init__()
        modules: list[nn.Module] = [nn.Conv2d(channels, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        widths = [width * 2 ** min(level, 3) for level in range(layers + 1)]
        for level in range(layers):
            stride = 1 if level == layers - 1 else 2
            modules += [
                nn.Conv2d(widths[level], widths[level + 1], 4, stride=stride, padding=1),
                instance_norm(widths[level + 1]),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(*modules, nn.Conv2d(widths[-1], 1, 4, padding=1))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B P Q"]:
        """Return the scores of all patches."""
        return self.layers(x).squeeze(1)


class CycleGAN(nn.Module):
    """A generator for either direction, and a discriminator for either domain.

    Args:
        channels: Channels C of an image.
        width: Channels of the first layer of a generator, and of a discriminator.
        blocks: Residual blocks of a generator.
        layers: Normalised layers of a discriminator; the last of them has stride 1.

    Example:
        >>> outputs = CycleGAN()(torch.zeros(2, 1, 8, 12), torch.zeros(2, 1, 8, 12))
        >>> outputs.fake_y.shape, outputs.of_real_y.shape
        (torch.Size([2, 1, 8, 12]), torch.Size([2, 2, 4]))
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 1, width: int = 3, blocks: int = 1, layers: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.to_y = Generator(channels, width, blocks)
        self.to_x = Generator(channels, width, blocks)
        self.judge_y = Discriminator(channels, width, layers)
        self.judge_x = Discriminator(channels, width, layers)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"], y: Float[Tensor, "B C H W"]) -> Outputs:
        """Translate images of both domains there and back, and score them."""
        fake_y, fake_x = self.to_y(x), self.to_x(y)
        scores = self.judge_y(fake_y), self.judge_x(fake_x), self.judge_y(y), self.judge_x(x)
        return Outputs(fake_y, fake_x, self.to_x(fake_y), self.to_y(fake_x), *scores)

    def discriminator_loss(
        self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"], y: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, " B"]:
        """Return half the squared errors of scores; 1 is right for real patches, 0 for fakes. Nothing is drawn."""
        fake_y, fake_x = self.to_y(x).detach(), self.to_x(y).detach()
        real = error(self.judge_y(y), 1.0) + error(self.judge_x(x), 1.0)
        return (real + error(self.judge_y(fake_y), 0.0) + error(self.judge_x(fake_x), 0.0)) / 2

    def generator_loss(
        self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"], y: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, " B"]:
        """Return the squared errors of the scores of fakes, for which 1 would be right; nothing is drawn."""
        return error(self.judge_y(self.to_y(x)), 1.0) + error(self.judge_x(self.to_x(y)), 1.0)

    def cycle_error(
        self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"], y: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, " B"]:
        """Return the mean absolute errors of images that are translated and back; nothing is drawn."""
        cycled_x, cycled_y = self.to_x(self.to_y(x)), self.to_y(self.to_x(y))
        return (cycled_x - x).abs().flatten(1).mean(1) + (cycled_y - y).abs().flatten(1).mean(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 8, W: int = 12) -> dict[str, Tensor]:
        """Return random images of both domains, whose height and width differ."""
        x, y = torch.randn(2, B, self.channels, H, W, generator=generator)
        return {"x": x, "y": y}


def error(score: Float[Tensor, "B P Q"], right: float) -> Float[Tensor, " B"]:
    """Return the mean squared error of the scores of an image."""
    return (score - right).square().flatten(1).mean(1)
