"""CycleGAN: two generators translate images between two domains, and back again, without pairs of images.

Source: Zhu, Park, Isola & Efros 2017, "Unpaired image-to-image translation using cycle-consistent adversarial networks"
(zhu2017unpaired), with the networks of its appendix; losses of squared errors are of Mao et al. 2017.

Equations:
    generators: G from x to y, F from y to x;   discriminators D_Y and D_X, with a score for every patch of an image
    discriminators: minimise (D_Y(y) - 1)^2 + D_Y(G(x))^2, and (D_X(x) - 1)^2 + D_X(F(y))^2
    generators: minimise (D_Y(G(x)) - 1)^2 + (D_X(F(y)) - 1)^2 + lambda (|F(G(x)) - x| + |G(F(y)) - y|)

Shapes: B examples, C channels, H height, W width, P and Q height and width of a map of scores.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class Translated(NamedTuple):
    """Images of both domains, translated to the other one, and these translated back."""

    fake_y: Float[Tensor, "B C H W"]
    fake_x: Float[Tensor, "B C H W"]
    cycled_x: Float[Tensor, "B C H W"]
    cycled_y: Float[Tensor, "B C H W"]


class ResidualBlock(nn.Module):
    """Two normalised convolutions with their input added; no rectifier follows the sum."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU()),
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)),
        )

    def forward(self, x: Float[Tensor, "B D H W"]) -> Float[Tensor, "B D H W"]:
        """Return the sum of the input and the branch."""
        return x + self.layers(x)


class Generator(nn.Module):
    """From an image of one domain to one of the other: strided convolutions, residual blocks, transposed ones."""

    def __init__(self, channels: int, width: int, blocks: int) -> None:
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, 7), nn.InstanceNorm2d(width), nn.ReLU()]
        for wide in (2 * width, 4 * width):
            layers += [nn.Conv2d(wide // 2, wide, 3, stride=2, padding=1), nn.InstanceNorm2d(wide), nn.ReLU()]
        layers += [ResidualBlock(4 * width) for _ in range(blocks)]
        for wide in (2 * width, width):
            enlarge = nn.ConvTranspose2d(2 * wide, wide, 3, stride=2, padding=1, output_padding=1)
            layers += [enlarge, nn.InstanceNorm2d(wide), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh())

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return the translated images."""
        return self.layers(x)


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
                nn.InstanceNorm2d(widths[level + 1]),
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
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 1, width: int = 3, blocks: int = 1, layers: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.to_y, self.to_x = (Generator(channels, width, blocks) for _ in range(2))
        self.judge_y, self.judge_x = (Discriminator(channels, width, layers) for _ in range(2))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"], y: Float[Tensor, "B C H W"]) -> Translated:
        """Translate images of both domains, and translate these back; height and width must be divisible by four."""
        fake_y, fake_x = self.to_y(x), self.to_x(y)
        return Translated(fake_y, fake_x, self.to_x(fake_y), self.to_y(fake_x))

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
        translated = self(x, y)
        return sum((a - b).abs().flatten(1).mean(1) for a, b in ((translated.cycled_x, x), (translated.cycled_y, y)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 8, W: int = 12) -> dict[str, Tensor]:
        """Return random images of both domains, whose height and width differ."""
        x, y = torch.randn(2, B, self.channels, H, W, generator=generator)
        return {"x": x, "y": y}


def error(score: Float[Tensor, "B P Q"], right: float) -> Float[Tensor, " B"]:
    """Return the mean squared error of the scores of an image."""
    return (score - right).square().flatten(1).mean(1)
