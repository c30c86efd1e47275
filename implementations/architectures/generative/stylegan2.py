"""StyleGAN2: a mapping network turns noise into a style, which scales the filters of all layers of a generator.

Source: Karras et al. 2020 (karras2020analyzing) and their code; losses of Goodfellow et al. (goodfellow2014generative).

Equations:
    w = mapping(z / root mean square of z)                          z ~ N(0, I)
    h = sqrt(2) lrelu(modulated convolution(h, w) + r noise + b)    twice a level; before a level, h is doubled in size
    image = sum over levels of doubled(modulated 1 x 1 convolution(h, w))
    discriminator: h = (conv(conv(h)) + conv(h)) / sqrt(2), of half the size, to a score D(x)
    losses: softplus(-D(x)) + softplus(D(G(z))) + gamma / 2 |gradient of D at x|^2;   softplus(-D(G(z)))
    path length: |J' y| for random images y, J being the Jacobian of the image by w; should be the same for all w

Shapes: B examples, C channels, H height, W width, D numbers of the latent, L layers with noise.
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.aggregation.minibatch_standard_deviation import MinibatchStandardDeviation
from implementations.concepts.convolution_layer.learned_constant import LearnedConstant
from implementations.concepts.convolution_layer.modulated_convolution import ModulatedConvolution
from kb.guards import checked_arguments, checked_inputs

SMALLEST = 4  # side of the map that the generator starts from


class Outputs(NamedTuple):
    """The generated images, and the discriminator's scores of these and of the real ones."""

    fake: Float[Tensor, "B C H W"]
    of_fake: Float[Tensor, " B"]
    of_real: Float[Tensor, " B"]


class Equalised(nn.Module):
    """A linear layer or a convolution whose weights are standard normal numbers, scaled when they are used."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 0, *, bias: bool = True, rate: float = 1.0) -> None:
        super().__init__()
        shape = (outputs, inputs, *[kernel] * (2 if kernel else 0))
        self.weight = nn.Parameter(torch.randn(shape) / rate)
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.rate, self.gain = rate, rate * (inputs * max(kernel, 1) ** 2) ** -0.5

    def forward(self, x: Tensor, stride: int = 1) -> Tensor:
        """Return the layer's output; with stride 1 height and width stay as they are, else nothing is padded."""
        bias = None if self.bias is None else self.rate * self.bias
        if self.weight.ndim == 2:
            return F.linear(x, self.gain * self.weight, bias)
        return F.conv2d(x, self.gain * self.weight, bias, stride, "same" if stride == 1 else 0)


class Mapping(nn.Module):
    """From noise, scaled to unit mean square, to a latent vector."""

    def __init__(self, latent: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Equalised(latent, latent, rate=0.01) for _ in range(layers))

    def forward(self, z: Float[Tensor, "B D"]) -> Float[Tensor, "B D"]:
        """Return the latent of every draw of noise."""
        w = F.rms_norm(z, z.shape[1:], eps=1e-8)
        for layer in self.layers:
            w = activation(layer(w))
        return w


class Layer(nn.Module):
    """A modulated convolution, to which noise is added, and a leaky rectifier."""

    def __init__(self, inputs: int, outputs: int, latent: int) -> None:
        super().__init__()
        self.convolution = ModulatedConvolution(in_channels=inputs, out_channels=outputs, latent=latent)
        self.strength = nn.Parameter(torch.zeros(()))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(
        self, x: Float[Tensor, "B C H W"], w: Float[Tensor, "B D"], noise: Float[Tensor, "B H W"]
    ) -> Float[Tensor, "B G H W"]:
        """Return new features."""
        return activation(self.convolution(x, w) + self.strength * noise[:, None] + self.bias[:, None, None])


class Synthesis(nn.Module):
    """From a latent to an image: a map that is learned is doubled in size level by level; every level adds an image."""

    def __init__(self, channels: int, widths: Sequence[int], latent: int) -> None:
        super().__init__()
        self.start = LearnedConstant(channels=widths[0], side=SMALLEST)
        pairs = [(widths[0], widths[0]), *((a, b) for before, b in pairwise(widths) for a in (before, b))]
        self.layers = nn.ModuleList(Layer(a, b, latent) for a, b in pairs)  # one on the first level, then two on each
        to_image = partial(ModulatedConvolution, out_channels=channels, latent=latent, kernel_size=1, demodulate=False)
        self.to_image = nn.ModuleList(to_image(in_channels=width) for width in widths)
        self.bias = nn.Parameter(torch.zeros(len(widths), channels, 1, 1))

    def forward(self, w: Float[Tensor, "B D"], noise: Float[Tensor, "B L H W"]) -> Float[Tensor, "B C H W"]:
        """Return the image of every latent; layers of smaller maps use the noise of as many pixels."""
        h, image = self.start(w), None
        layers = list(zip(self.layers, noise.unbind(1), strict=True))
        for level, (to_image, bias) in enumerate(zip(self.to_image, self.bias, strict=True)):
            h = h if level == 0 else doubled(h)
            for layer, of_layer in layers[max(2 * level - 1, 0) : 2 * level + 1]:
                h = layer(h, w, of_layer[:, : h.shape[2], : h.shape[3]])
            added = to_image(h, w) + bias
            image = added if image is None else doubled(image) + added
        return image


class Discriminator(nn.Module):
    """From an image to a score; the last level also sees how much features differ between the images of a batch."""

    def __init__(self, channels: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.stem = Equalised(channels, widths[-1], 1)
        steps = list(pairwise(reversed(widths)))
        self.first = nn.ModuleList(Equalised(a, a, 3) for a, _ in steps)
        self.second = nn.ModuleList(Equalised(a, b, 3) for a, b in steps)
        self.shortcut = nn.ModuleList(Equalised(a, b, 1, bias=False) for a, b in steps)
        self.deviation, self.flatten = MinibatchStandardDeviation(), nn.Flatten()
        self.last = Equalised(widths[0] + 1, widths[0], 3)
        self.hidden = Equalised(widths[0] * SMALLEST**2, widths[0])
        self.score = Equalised(widths[0], 1)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the score of every image, the log-odds that it is real."""
        h = activation(self.stem(x))
        for first, second, shortcut in zip(self.first, self.second, self.shortcut, strict=True):
            branch = activation(second(blurred(activation(first(h)), 2), stride=2))
            h = (branch + shortcut(blurred(h, 1), stride=2)) / 2**0.5
        h = self.flatten(activation(self.last(self.deviation(h))))
        return self.score(activation(self.hidden(h))).squeeze(1)


class StyleGAN2(nn.Module):
    """A generator with styles, and a discriminator.

    Args:
        channels: Channels C of an image.
        widths: Channels of the levels, from maps of 4 by 4 to images, each level twice as high and wide.
        latent: Numbers D of the noise, and of the latent.
        layers: Layers of the mapping network.

    Example:
        >>> network = StyleGAN2(widths=(4, 3, 2))
        >>> network.sample(2, torch.Generator().manual_seed(0)).shape
        torch.Size([2, 1, 16, 16])
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 1, widths: Sequence[int] = (4, 3), latent: int = 5, layers: int = 2) -> None:
        super().__init__()
        self.shape, self.latent = (channels, *[SMALLEST * 2 ** (len(widths) - 1)] * 2), latent
        self.mapping = Mapping(latent, layers)
        self.synthesis = Synthesis(channels, widths, latent)
        self.discriminator = Discriminator(channels, widths)

    @checked_inputs()
    def forward(
        self,
        x: Float[Tensor, "B C H W"],
        z: Float[Tensor, "B D"] | None = None,
        noise: Float[Tensor, "B L H W"] | None = None,
    ) -> Outputs:
        """Return as many fakes as there are images, and the discriminator's scores of both.

        Args:
            x: Real images.
            z: Standard normal numbers, from which the latents are computed; drawn where they are not given.
            noise: Standard normal numbers that are added to the features; drawn where they are not given.
        """
        z = x.new_empty(len(x), self.latent).normal_() if z is None else z
        noise = x.new_empty(len(x), len(self.synthesis.layers), *self.shape[1:]).normal_() if noise is None else noise
        fake = self.synthesis(self.mapping(z), noise)
        return Outputs(fake, self.discriminator(fake), self.discriminator(x))

    def discriminator_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return -log sigma(D(x)) - log(1 - sigma(D(G(z)))), with a fake for every image; the generator is fixed."""
        return F.softplus(-self.discriminator(x)) + F.softplus(self.discriminator(self.sample(len(x), generator)))

    def gradient_penalty(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the squared norm of the gradient of the score at every real image; nothing is drawn."""
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(self.discriminator(x).sum(), x, create_graph=True)
        return gradient.square().flatten(1).sum(1)

    def generator_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return -log sigma(D(G(z))) for as many fakes as there are images."""
        z, noise = self._noise(len(x), generator)
        return F.softplus(-self.discriminator(self.synthesis(self.mapping(z), noise)))

    def path_length_error(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the squared difference of every latent's path length from the mean of the batch."""
        z, noise = self._noise(len(x), generator)
        direction = torch.randn(x.shape, generator=generator, dtype=x.dtype) / (x.shape[2] * x.shape[3]) ** 0.5
        lengths = self.path_length(self.mapping(z), noise, direction)
        return (lengths - lengths.mean().detach()).square()

    def path_length(
        self, w: Float[Tensor, "B D"], noise: Float[Tensor, "B L H W"], direction: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, " B"]:
        """Return the length of the gradient, by each latent, of its image's product with a direction."""
        with torch.enable_grad():
            w = w if w.requires_grad else w.detach().requires_grad_()
            (gradient,) = torch.autograd.grad((self.synthesis(w, noise) * direction).sum(), w, create_graph=True)
        return gradient.square().sum(1).sqrt()

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B C H W"]:
        """Draw noise, and return the images that are generated from it."""
        z, noise = self._noise(count, generator)
        return self.synthesis(self.mapping(z), noise)

    def _noise(self, count: int, generator: torch.Generator) -> tuple[Float[Tensor, "B D"], Float[Tensor, "B L H W"]]:
        shapes = (count, self.latent), (count, len(self.synthesis.layers), *self.shape[1:])
        z, noise = (torch.randn(s, generator=generator, dtype=self.synthesis.bias.dtype) for s in shapes)
        return z, noise

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random images, and noise for the mapping network and for the layers."""
        z, noise = self._noise(B, generator)
        return {"x": torch.randn(B, *self.shape, generator=generator), "z": z, "noise": noise}


def activation(x: Tensor) -> Tensor:
    """Return the leaky rectifier, scaled so that it nearly keeps the mean square of normal numbers."""
    return 2**0.5 * F.leaky_relu(x, 0.2)


def doubled(x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C P Q"]:
    """Return maps of twice the height and width, interpolated by (1, 3, 3, 1) / 4 in either direction."""
    return F.conv_transpose2d(x, 4 * _filter(x), stride=2, padding=1, groups=x.shape[1])


def blurred(x: Float[Tensor, "B C H W"], padding: int) -> Float[Tensor, "B C P Q"]:
    """Return maps filtered by (1, 3, 3, 1) / 8 in either direction, with zeros around them."""
    return F.conv2d(x, _filter(x), padding=padding, groups=x.shape[1])


def _filter(x: Float[Tensor, "B C H W"]) -> Float[Tensor, "C 1 4 4"]:
    line = torch.tensor([1, 3, 3, 1], dtype=x.dtype, device=x.device) / 8
    return torch.outer(line, line).expand(x.shape[1], 1, -1, -1)
