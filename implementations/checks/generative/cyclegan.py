"""Exact checks of CycleGAN: its losses, its symmetry, what its generators ignore, and what a score sees."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.generative.cyclegan import CycleGAN
from implementations.claims.agreement import difference

SIDE = 70


class Affine(nn.Module):
    """A generator that multiplies and adds."""

    def __init__(self, factor: float, shift: float) -> None:
        super().__init__()
        self.factor, self.shift = factor, shift

    def forward(self, x: Tensor) -> Tensor:
        """Return the translated images."""
        return self.factor * x + self.shift


def losses_are_squared_errors(generator: torch.Generator) -> float:
    """Return the difference from torch's mean squared errors, and how many weights of generators the first trains."""
    network, inputs = _network(generator)
    x, y = inputs["x"], inputs["y"]
    real = network.judge_y(y), network.judge_x(x)
    fake = network.judge_y(network.to_y(x)), network.judge_x(network.to_x(y))
    expected = sum(_squared(score, 1.0) for score in real) / 2 + sum(_squared(score, 0.0) for score in fake) / 2
    fooled = sum(_squared(score, 1.0) for score in fake)
    loss = network.discriminator_loss(generator=generator, **inputs)
    trained = torch.autograd.grad(loss.sum(), _weights(network, "to_y", "to_x"), allow_unused=True)
    return max(
        difference(loss, expected),
        difference(network.generator_loss(generator=generator, **inputs), fooled),
        float(sum(gradient is not None for gradient in trained)),
    )


def cycles_of_inverse_generators_have_no_error(generator: torch.Generator) -> float:
    """Return the cycle error of generators that are each other's inverse, and the difference from that of others.

    Where one adds 0.5 too much, both cycles are off by a constant.
    """
    network, inputs = _network(generator)
    network.to_y, network.to_x = Affine(2.0, 1.0), Affine(0.5, -0.5)
    none = network.cycle_error(generator=generator, **inputs)
    network.to_x = Affine(0.5, 0.0)
    off = network.cycle_error(generator=generator, **inputs)
    return max(float(none.abs().max()), difference(off, torch.full_like(off, 0.5 + 1.0)))


def domains_can_be_exchanged(generator: torch.Generator) -> float:
    """Return the change of all losses where images and networks of the two domains are exchanged."""
    network, inputs = _network(generator)
    before = _losses(network, generator, inputs)
    network.to_x, network.to_y = network.to_y, network.to_x
    network.judge_x, network.judge_y = network.judge_y, network.judge_x
    return difference(_losses(network, generator, {"x": inputs["y"], "y": inputs["x"]}), before)


def normalisation_is_of_instances(generator: torch.Generator) -> float:
    """Return the difference of a generator from the same with torch's instance normalisation."""
    network, inputs = _network(generator)
    expected = network.to_y(inputs["x"])
    for module in list(network.to_y.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.GroupNorm):
                setattr(module, name, nn.InstanceNorm2d(child.num_channels))
    return difference(network.to_y(inputs["x"]), expected)


def brightness_is_ignored(generator: torch.Generator) -> float:
    """Return the change of translated images where the same number is added to all pixels of an image."""
    network, inputs = _network(generator)
    return difference(network.to_y(inputs["x"] + 0.7), network.to_y(inputs["x"]))


def a_score_sees_a_patch(generator: torch.Generator) -> float:
    """Return how many pixels beyond 70 by 70, or how many fewer, a score depends on, without the normalisation."""
    network = CycleGAN(width=1, layers=3).double()
    layers = [nn.Identity() if isinstance(layer, nn.GroupNorm) else layer for layer in network.judge_x.layers]
    x = torch.randn(1, 1, 96, 104, generator=generator, dtype=torch.float64, requires_grad=True)
    scores = nn.Sequential(*layers)(x)[0, 0]
    (gradient,) = torch.autograd.grad(scores[scores.shape[0] // 2, scores.shape[1] // 2], x)
    rows, columns = (gradient[0, 0].abs().sum(dim).count_nonzero() for dim in (1, 0))
    return float((rows - SIDE).abs() + (columns - SIDE).abs())


def _squared(score: Tensor, label: float) -> Tensor:
    return F.mse_loss(score, torch.full_like(score, label), reduction="none").mean((1, 2))


def _losses(network: CycleGAN, generator: torch.Generator, inputs: dict[str, Tensor]) -> Tensor:
    losses = network.discriminator_loss, network.generator_loss, network.cycle_error
    return torch.stack([loss(generator=generator, **inputs) for loss in losses])


def _weights(network: CycleGAN, *names: str) -> list[Tensor]:
    return [parameter for name in names for parameter in getattr(network, name).parameters()]


def _network(generator: torch.Generator) -> tuple[CycleGAN, dict[str, Tensor]]:
    """Return a network with random weights, and images."""
    network = CycleGAN().double()
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.3, generator=generator)
    return network, {name: value.double() for name, value in network.example_inputs(generator).items()}
