"""Exact relation: for each example, a modulated convolution is a convolution with weight normalisation.

Source: Karras et al. 2020, sec. 2.2 (karras2020analyzing), who call both related.

Method: random images and latents pass a modulated convolution. For each example, the filters times its style, one row
for each output channel, become the directions of a linear layer with weight normalisation, which is applied to every
window of the image; its lengths are one, except for the number epsilon that keeps the modulated convolution from
dividing by zero.

Measures:
    agreement_error: relative difference of both outputs, the largest of all examples.
    length_error: largest distance of a length from one.
    scaled_error: relative difference of the outputs, if styles are a thousand times as large.
    exchanged_difference: of the outputs, if each example gets the style of another one.
    plain_difference: of the outputs, if the weights are not divided by their norm.
    style_difference: of the outputs, if the filters without the styles are the directions.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.modulated_convolution import EPSILON, ModulatedConvolution
from implementations.concepts.normalisation.weight_normalisation import WeightNormalisation

SIDE = 3


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare both convolutions.

    Args:
        seed: Seed of images, latents and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    layer, plain = (ModulatedConvolution(kernel_size=SIDE, demodulate=on).double() for on in (True, False))
    for parameter in layer.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    plain.load_state_dict(layer.state_dict())
    x, latent = (value.double() for value in layer.example_inputs(generator).values())
    expected = layer(x, latent)
    style = layer.style(latent)
    directions = layer.gain * layer.weight * style[:, None, :, None, None]  # [B, G, C, k, k]
    norms = directions.flatten(2).norm(dim=2)  # [B, G]
    lengths = norms / (norms.square() + EPSILON).sqrt()
    plain_outputs = plain(x, latent)
    same = layer.weight.expand_as(directions)
    layer.style_weight.mul_(1e3)
    layer.style_bias.mul_(1e3)
    return {
        "agreement_error": difference(normalised(x, directions, lengths), expected),
        "length_error": (lengths - 1).abs().max().item(),
        "scaled_error": difference(layer(x, latent), expected),
        "exchanged_difference": difference(normalised(x, directions.flip(0), lengths), expected),
        "plain_difference": difference(plain_outputs, expected),
        "style_difference": difference(normalised(x, same, lengths), expected),
    }


def normalised(x: Tensor, directions: Tensor, lengths: Tensor) -> Tensor:
    """Return the weight-normalised convolution of each image with directions `[B, G, C, k, k]` of its own."""
    images = []
    for image, direction, length in zip(x, directions.flatten(2), lengths, strict=True):
        layer = WeightNormalisation(in_features=direction.shape[1], out_features=len(direction)).double()
        layer.direction.copy_(direction)
        layer.length.copy_(length[:, None])
        windows = F.unfold(image[None], SIDE, padding=SIDE // 2)[0].T  # [H W, C k k]
        images.append(layer(windows).T.unflatten(1, image.shape[1:]))  # [G, H, W]
    return torch.stack(images)
