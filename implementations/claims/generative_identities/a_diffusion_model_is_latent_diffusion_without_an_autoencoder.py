"""Exact relation: a latent diffusion model whose encoder and decoder return what they get is a diffusion model.

Source: Rombach et al. 2022, sec. 3.2 and 4.1, where a model that compresses nothing is one of pixels (rombach2022high).

Method: both models get the same chain and the same denoiser. Encoder and decoder of the latent one return their inputs.
Losses for the same images and draws, and samples from the same draws, are compared.

Measures:
    loss_error: relative difference of the losses of the two denoisers.
    sample_error: relative difference of the samples.
    scaled_difference: that of the samples where codes are multiplied by two before noise is added.
    encoded_difference: that of the losses where the encoder is one of random weights, which keeps the size of images.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.generative.denoising_diffusion_model import DenoisingDiffusionModel
from implementations.architectures.generative.latent_diffusion_model import CodeDistribution, LatentDiffusionModel
from implementations.claims.agreement import difference


class AsItIs(nn.Module):
    """An encoder or a decoder that returns what it gets; as an encoder, with a variance of one."""

    def __init__(self, *, encodes: bool) -> None:
        super().__init__()
        self.encodes = encodes

    def forward(self, x: Tensor) -> Tensor | CodeDistribution:
        """Return the input."""
        return CodeDistribution(x, torch.zeros_like(x)) if self.encodes else x


class Unconditioned(nn.Module):
    """A denoiser that ignores the condition."""

    def __init__(self, denoiser: nn.Module) -> None:
        super().__init__()
        self.denoiser = denoiser

    def forward(self, z: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        """Return the noise."""
        return self.denoiser(z, t)


def run(seed: int) -> dict[str, float]:
    """Compare the two models.

    Args:
        seed: Seed of images, weights and draws.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    # One level of the autoencoder, so that codes have the size of images.
    latent = LatentDiffusionModel(image=(1, 6, 4), encoder_multipliers=(1,), code=1).double()
    pixels = DenoisingDiffusionModel(image=(1, 6, 4)).double()
    latent.beta, latent.alpha_bar = pixels.beta, pixels.alpha_bar
    for parameter in (*latent.parameters(), *pixels.parameters()):
        nn.init.normal_(parameter, std=0.3, generator=generator)
    encoder = latent.encoder
    latent.encoder, latent.decoder = AsItIs(encodes=True), AsItIs(encodes=False)
    latent.denoiser = Unconditioned(pixels.denoiser)
    x = torch.randn(5, 1, 6, 4, generator=generator, dtype=torch.float64)
    condition = torch.randn(5, 2, 3, generator=generator, dtype=torch.float64)

    def loss(model: DenoisingDiffusionModel | LatentDiffusionModel) -> Tensor:
        given = {"condition": condition} if model is latent else {}
        return model.simple_loss(generator=torch.Generator().manual_seed(seed), x=x, **given)

    def drawn(model: DenoisingDiffusionModel | LatentDiffusionModel) -> Tensor:
        return model.sample(3, torch.Generator().manual_seed(seed))

    found = {
        "loss_error": difference(loss(latent), loss(pixels)),
        "sample_error": difference(drawn(latent), drawn(pixels)),
    }
    latent.scale = 2.0
    found["scaled_difference"] = difference(drawn(latent), drawn(pixels))
    latent.scale, latent.encoder = 1.0, encoder
    return found | {"encoded_difference": difference(loss(latent), loss(pixels))}
