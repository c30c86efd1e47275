"""Exact checks of the Diffusion Transformer: its start, its patches, its labels, and its samples."""

import math

import torch
from torch import Tensor, nn

from implementations.architectures.generative.denoising_diffusion_model import DenoisingDiffusionModel
from implementations.architectures.generative.diffusion_transformer import DiffusionTransformer
from implementations.claims.agreement import difference

PATCH, WIDTH = 2, 8


class OptimalForOneImageOfEachClass(nn.Module):
    """The optimal prediction of the noise where all data of a class are one image; without a class, it is zero."""

    def __init__(self, model: DiffusionTransformer, images: Tensor) -> None:
        super().__init__()
        self.images, self.alpha_bar, self.read_out = images, model.alpha_bar, model.denoiser.read_out

    def forward(self, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """Return the difference from the image, scaled to noise."""
        alpha_bar = self.alpha_bar[t - 1][:, None, None, None]
        return 0 * x if label is None else (x - alpha_bar.sqrt() * self.images[label]) / (1 - alpha_bar).sqrt()


def blocks_start_as_the_identity(generator: torch.Generator) -> float:
    """Return the change of features in the blocks of a new network, and the noise that it predicts."""
    model = DiffusionTransformer().double()
    z, condition = (torch.randn(3, *shape, WIDTH, generator=generator, dtype=torch.float64) for shape in ((4,), ()))
    changes = [difference(block(z, condition), z) for block in model.denoiser.blocks]
    return max(*changes, model(**_inputs(model, generator)).predicted_noise.abs().max().item())


def with_closed_gates_patches_are_independent(generator: torch.Generator) -> float:
    """Return the difference from the output patch by patch, with the code of its place, on a grid of two by three."""
    model = DiffusionTransformer().double()
    denoiser = model.denoiser
    nn.init.normal_(denoiser.read_out.weight, generator=generator)
    nn.init.normal_(denoiser.read_out.bias, generator=generator)
    x = torch.randn(1, 1, 2 * PATCH, 3 * PATCH, generator=generator, dtype=torch.float64)
    expected = torch.empty_like(x)
    for row in range(2):
        for column in range(3):
            place = (..., slice(row * PATCH, (row + 1) * PATCH), slice(column * PATCH, (column + 1) * PATCH))
            waves = [f(c * w) for c in (column, row) for f in (math.sin, math.cos) for w in (1.0, 0.01)]
            token = denoiser.embedding(x[place])[0, 0] + torch.tensor(waves, dtype=torch.float64)
            expected[place] = denoiser.read_out(denoiser.norm(token)).view(1, PATCH, PATCH)
    return difference(denoiser(x, torch.tensor([5]), torch.tensor([1])), expected)


def dropped_labels_are_none(generator: torch.Generator) -> float:
    """Return how much the loss differs from that of a diffusion model, without labels and with all labels dropped."""
    model = DiffusionTransformer(dropped=1.0).double()
    _randomise(model, generator)
    x, label = (_inputs(model, generator)[name] for name in ("x", "label"))
    seed = int(torch.randint(1000, (), generator=generator))
    plain, without, dropped = (
        loss(generator=torch.Generator().manual_seed(seed), x=x, **labels)
        for loss, labels in (
            (lambda **given: DenoisingDiffusionModel.simple_loss(model, **given), {}),
            (model.simple_loss, {}),
            (model.simple_loss, {"label": label}),
        )
    )
    return max(difference(without, plain), difference(dropped, plain))


def guidance_interpolates(generator: torch.Generator) -> float:
    """Return the difference of guidance 0 from the noise without a class, 1 from that with it, and 2 from the line."""
    model = DiffusionTransformer().double()
    _randomise(model, generator)
    x, t, label = (_inputs(model, generator)[name] for name in ("x", "t", "label"))
    free, of_class = model.denoiser(x, t), model.denoiser(x, t, label)
    expected = {0.0: free, 1.0: of_class, 2.0: 2 * of_class - free}
    return max(difference(model.guided(x, t, label, guidance), noise) for guidance, noise in expected.items())


def the_image_of_a_class_is_drawn_exactly(generator: torch.Generator) -> float:
    """Return the difference of samples from the only image of their class, where the prediction is optimal."""
    model = DiffusionTransformer().double()
    images = torch.randn(3, *model.image, generator=generator, dtype=torch.float64)
    model.denoiser = OptimalForOneImageOfEachClass(model, images)
    label = torch.tensor([2, 0, 1, 2])
    return difference(model.sample(4, generator, label=label), images[label])


def _inputs(model: DiffusionTransformer, generator: torch.Generator) -> dict[str, Tensor]:
    inputs = model.example_inputs(generator)
    return {name: value.double() if value.is_floating_point() else value for name, value in inputs.items()}


def _randomise(model: nn.Module, generator: torch.Generator) -> None:
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5, generator=generator)
