"""Exact checks of StyleGAN2: its penalties, its losses, how maps are doubled, its noise, and its sum of images."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.generative.stylegan2 import StyleGAN2, doubled
from implementations.claims.agreement import difference


def path_length_is_that_of_the_jacobian(generator: torch.Generator) -> float:
    """Return the difference of path lengths from norms of products with the Jacobian of the image by the latent."""
    network, inputs = _network(generator)
    w, noise = network.mapping(inputs["z"]).detach(), inputs["noise"]
    direction = torch.randn(inputs["x"].shape, generator=generator, dtype=torch.float64)
    expected = []
    for example in range(len(w)):
        one = slice(example, example + 1)
        jacobian = torch.autograd.functional.jacobian(lambda w, one=one: network.synthesis(w, noise[one])[0], w[one])
        expected.append(torch.einsum("chwbd,chw->d", jacobian, direction[example]).norm())
    return difference(network.path_length(w, noise, direction), torch.stack(expected))


def squared_path_lengths_add_up_to_that_of_the_jacobian(generator: torch.Generator) -> float:
    """Return the difference of squared path lengths, summed over pixels as directions, from that of the Jacobian."""
    network, inputs = _network(generator)
    w, noise = network.mapping(inputs["z"]).detach()[:1], inputs["noise"][:1]
    pixels = torch.eye(64, dtype=torch.float64).view(64, 1, 8, 8)
    lengths = network.path_length(w.expand(64, -1), noise.expand(64, -1, -1, -1), pixels)
    jacobian = torch.autograd.functional.jacobian(lambda w: network.synthesis(w, noise), w)
    return difference(lengths.square().sum(), jacobian.square().sum())


def gradient_penalty_is_that_of_the_jacobian(generator: torch.Generator) -> float:
    """Return the difference of the penalty from the squared sums of the Jacobian of all scores by each image.

    Scores of one batch depend on all of its images.
    """
    network, inputs = _network(generator)
    jacobian = torch.autograd.functional.jacobian(network.discriminator, inputs["x"])  # [B, B, C, H, W]
    expected = jacobian.sum(0).square().flatten(1).sum(1)
    return difference(network.gradient_penalty(generator=generator, x=inputs["x"]), expected)


def losses_are_cross_entropies(generator: torch.Generator) -> float:
    """Return the difference from torch's cross-entropies, and how many weights of the generator the first trains."""
    network, inputs = _network(generator)
    x = inputs["x"]
    scores = {1.0: network.discriminator(x), 0.0: network.discriminator(network.sample(len(x), _reseeded()))}
    entropies = {
        label: F.binary_cross_entropy_with_logits(score, torch.full_like(score, label), reduction="none")
        for label, score in scores.items()
    }
    loss = network.discriminator_loss(generator=_reseeded(), x=x)
    loss.sum().backward()
    trained = [p for part in (network.mapping, network.synthesis) for p in part.parameters() if p.grad is not None]
    fooled = F.binary_cross_entropy_with_logits(scores[0.0], torch.ones_like(scores[0.0]), reduction="none")
    return max(
        difference(loss, entropies[1.0] + entropies[0.0]),
        difference(network.generator_loss(generator=_reseeded(), x=x), fooled),
        float(len(trained)),
    )


def doubling_interpolates(generator: torch.Generator) -> float:
    """Return the difference of a doubled map from means of neighbours with weights 3/4 and 1/4, in rows, then columns.

    Around the map there are zeros.
    """
    x = torch.randn(2, 3, 4, 5, generator=generator, dtype=torch.float64)
    rows = _interleaved(F.pad(x, (0, 0, 1, 1)), 2)
    return difference(doubled(x), _interleaved(F.pad(rows, (1, 1)), 3))


def noise_begins_without_effect(generator: torch.Generator) -> float:
    """Return the difference of a new network's images for one latent and two draws of noise."""
    network = StyleGAN2().double()
    z, noise = network._noise(1, generator)
    w = network.mapping(z.double())
    return difference(network.synthesis(w, noise.double()), network.synthesis(w, -2 * noise.double()))


def image_is_a_sum_over_levels(generator: torch.Generator) -> float:
    """Return the difference of an image from the sum of its levels' images, each doubled to the size of the last."""
    network = _randomised(StyleGAN2(widths=(4, 3, 2)), generator)
    of_levels: list[Tensor] = []
    for to_image in network.synthesis.to_image:
        to_image.register_forward_hook(lambda _module, _inputs, output: of_levels.append(output))
    given = {name: value.double() for name, value in network.example_inputs(generator).items()}
    found = network(**given).fake
    expected = torch.zeros_like(found)
    levels = [each + bias for each, bias in zip(of_levels, network.synthesis.bias, strict=True)]
    for level, image in enumerate(levels):
        for _ in range(len(levels) - 1 - level):
            image = doubled(image)
        expected = expected + image
    return difference(found, expected)


def doubling_first_is_a_transposed_convolution(generator: torch.Generator) -> float:
    """Return the difference of a doubled and filtered map from one that is filtered as in the authors' code.

    There a transposed convolution with a stride of two is followed by the fixed filter. The border is left out.
    """
    x = torch.randn(2, 3, 6, 7, generator=generator, dtype=torch.float64)
    kernel = torch.randn(4, 3, 3, 3, generator=generator, dtype=torch.float64)
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 4
    fixed = torch.outer(line, line).expand(4, 1, 4, 4)
    found = F.conv2d(doubled(x), kernel, padding=1)
    spread = F.conv_transpose2d(x, kernel.flip(2, 3).transpose(0, 1), stride=2)  # [2, 4, 13, 15]
    expected = F.conv2d(spread, fixed, padding=1, groups=4)
    inner = slice(3, -3)
    return difference(found[:, :, inner, inner], expected[:, :, inner, inner])


def _interleaved(padded: Tensor, dim: int) -> Tensor:
    """Return, for each number between the outermost, two: nearer to the one before it, and to the one after it."""
    size = padded.shape[dim] - 2
    before, here, after = (padded.narrow(dim, start, size) for start in range(3))
    return torch.stack([(before + 3 * here) / 4, (3 * here + after) / 4], dim + 1).flatten(dim, dim + 1)


def _network(generator: torch.Generator) -> tuple[StyleGAN2, dict[str, Tensor]]:
    """Return a network with random weights, and inputs."""
    network = _randomised(StyleGAN2(), generator)
    inputs = {name: value.double() for name, value in network.example_inputs(generator).items()}
    return network, inputs


def _randomised(network: StyleGAN2, generator: torch.Generator) -> StyleGAN2:
    """Return a network whose weights are changed at random, so that none is zero."""
    network.double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
    return network


def _reseeded() -> torch.Generator:
    """Return a generator that always draws the same noise."""
    return torch.Generator().manual_seed(1)
