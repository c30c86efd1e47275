"""Exact checks of the latent diffusion model: its chain, its losses, and its samples with the optimal prediction."""

import torch
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from implementations.architectures.generative.latent_diffusion_model import LatentDiffusionModel
from implementations.claims.agreement import difference


class OptimalForOneCode(nn.Module):
    """The optimal prediction of the noise where all images have one code."""

    def __init__(self, model: LatentDiffusionModel, code: Tensor) -> None:
        super().__init__()
        self.alpha_bar, self.code = model.alpha_bar, code

    def forward(self, z: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        """Return the difference from the code, scaled to noise."""
        alpha_bar = self.alpha_bar[t - 1][:, None, None, None]
        return (z - alpha_bar.sqrt() * self.code) / (1 - alpha_bar).sqrt()


def noise_at_once_is_noise_step_by_step(generator: torch.Generator) -> float:
    """Return the difference of noisy codes from those of single steps, whose shares have evenly growing roots."""
    first, last, steps = 0.1, 0.4, 4
    model = _model(generator, steps=steps, beta=(first**2, last**2), scale=0.5)
    x, noise, condition = (_draw(generator, steps, *shape) for shape in (model.image, (2, 2, 3), (1, 3)))
    found: list[Tensor] = []
    model.denoiser.register_forward_pre_hook(lambda _, given: found.append(given[0]))
    model(x, torch.arange(1, steps + 1), condition, noise.flatten(1))
    code, kept, variance, expected = 0.5 * model.encoder(x).mean, 1.0, 0.0, []
    for step in range(steps):
        beta = (first + (last - first) * step / (steps - 1)) ** 2
        kept, variance = (1 - beta) ** 0.5 * kept, (1 - beta) * variance + beta
        expected.append(kept * code[step] + variance**0.5 * noise[step])
    return difference(found[0], torch.stack(expected))


def losses_train_what_they_should(generator: torch.Generator) -> float:
    """Return the gradients of the U-Net's loss in the autoencoder, and of the autoencoder's losses in the U-Net.

    What a loss ought to train, and does not, counts as one.
    """
    model = _model(generator)
    x, condition = _draw(generator, 3, *model.image), _draw(generator, 3, 2, 3)
    wrong = 0.0
    for loss, trained in (
        (model.simple_loss(generator=generator, x=x, condition=condition), {"denoiser"}),
        (model.reconstruction_error(generator=generator, x=x), {"encoder", "decoder"}),
        (model.divergence(generator=generator, x=x), {"encoder"}),
    ):
        model.zero_grad()
        loss.sum().backward()
        for name in ("encoder", "decoder", "denoiser"):
            gradients = [p.grad for p in getattr(model, name).parameters() if p.grad is not None]
            size = sum(float(gradient.abs().sum()) for gradient in gradients)
            wrong += (size == 0) if name in trained else size
    return wrong


def divergence_is_that_of_torch(generator: torch.Generator) -> float:
    """Return the difference of an image's divergence from that of torch's normal distributions."""
    model = _model(generator)
    x = _draw(generator, 3, *model.image)
    mean, log_variance = model.encoder(x)
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).flatten(1).sum(1)
    return difference(model.divergence(generator=generator, x=x), expected)


def the_only_code_is_drawn_exactly(generator: torch.Generator) -> float:
    """Return the difference of samples from the image that the only code stands for, with the optimal prediction."""
    model = _model(generator, scale=0.3)
    code = _draw(generator, 1, 2, 2, 3)
    model.denoiser = OptimalForOneCode(model, 0.3 * code)
    return difference(
        model.sample(3, generator, condition=_draw(generator, 3, 1, 3)), model.decoder(code).expand(3, -1, -1, -1)
    )


def _model(generator: torch.Generator, **arguments: float | tuple[float, ...]) -> LatentDiffusionModel:
    model = LatentDiffusionModel(**arguments).double()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4, generator=generator)
    return model


def _draw(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)
