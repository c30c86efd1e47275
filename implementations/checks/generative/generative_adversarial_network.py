"""Exact checks of the generative adversarial network, some with examples of a few kinds with known shares."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.generative.generative_adversarial_network import GenerativeAdversarialNetwork
from implementations.claims.agreement import difference

KINDS, COUNT = 4, 24


class ConstantGenerator(nn.Module):
    """A generator that returns the same examples for any noise."""

    latent = 1

    def __init__(self, examples: Tensor) -> None:
        super().__init__()
        self.examples = examples

    def forward(self, z: Tensor) -> Tensor:
        """Return the examples."""
        return self.examples


class Table(nn.Module):
    """A discriminator with a free parameter for every kind of example."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)

    def forward(self, x: Tensor) -> Tensor:
        """Return the number of every example."""
        return x @ self.logits


def best_discriminator_gives_shares_of_the_data(generator: torch.Generator) -> float:
    """Return the gradient of the discriminator's loss where D = p / (p + q), for shares p of real, q of fake ones."""
    network, x, p, q = _game(generator)
    loss = network.discriminator_loss(generator=generator, x=x).mean()
    (gradient,) = torch.autograd.grad(loss, [network.discriminator.logits])
    return max(gradient.abs().max().item(), difference(network.discriminator.logits.sigmoid(), p / (p + q)))


def loss_at_the_best_is_a_divergence(generator: torch.Generator) -> float:
    """Return the difference of the least loss of the discriminator from log 4 less two Jensen-Shannon divergences."""
    network, x, p, q = _game(generator)
    loss = network.discriminator_loss(generator=generator, x=x).mean()
    middle = (p + q) / 2
    jensen_shannon = (p @ (p / middle).log() + q @ (q / middle).log()) / 2
    return difference(loss, math.log(4) - 2 * jensen_shannon)


def discriminator_loss_is_a_cross_entropy(generator: torch.Generator) -> float:
    """Return the difference from cross-entropies of torch, and how many weights of the generator get a gradient."""
    network, x = _network(generator)
    loss = network.discriminator_loss(generator=_reseeded(), x=x)
    fake = network.sample(len(x), _reseeded())
    entropies = [
        F.binary_cross_entropy_with_logits(
            network.discriminator(examples), torch.full((len(x),), label).double(), reduction="none"
        )
        for examples, label in ((x, 1.0), (fake, 0.0))
    ]
    loss.sum().backward()
    blame = sum(parameter.grad is not None for parameter in network.generator.parameters())
    return max(difference(loss, entropies[0] + entropies[1]), float(blame))


def minimax_is_a_game_with_sum_zero(generator: torch.Generator) -> float:
    """Return the difference of both losses of the minimax game, added up, from -log D(x): the fakes cancel."""
    network, x = _network(generator, minimax=True)
    both = network.discriminator_loss(generator=_reseeded(), x=x) + network.generator_loss(generator=_reseeded(), x=x)
    return difference(both, -network.discriminator(x).sigmoid().log())


def minimax_gradient_is_a_weighted_non_saturating_one(generator: torch.Generator) -> float:
    """Return the difference of the minimax gradient from that of -log D(G(z)), with weights D / (1 - D) for the fakes.

    A fake that the discriminator recognises has a weight near zero: the minimax game does not train the generator
    there.
    """
    network, x = _network(generator)
    weights = list(network.generator.parameters())
    real = network.discriminator(network.sample(len(x), _reseeded())).sigmoid().detach()
    other = network.generator_loss(generator=_reseeded(), x=x) @ (real / (1 - real))
    network.minimax = True
    found = torch.autograd.grad(network.generator_loss(generator=_reseeded(), x=x).sum(), weights)
    expected = torch.autograd.grad(other, weights)
    return max(difference(a, b) for a, b in zip(found, expected, strict=True))


def _game(generator: torch.Generator) -> tuple[GenerativeAdversarialNetwork, Tensor, Tensor, Tensor]:
    """Return a network whose parts are a fixed generator and the best discriminator, real examples, and both shares."""
    real, fake = (_examples(generator) for _ in range(2))
    p, q = real.mean(0), fake.mean(0)
    network = GenerativeAdversarialNetwork(features=KINDS).double()
    network.generator, network.discriminator = ConstantGenerator(fake), Table((p / q).log())
    return network, real, p, q


def _examples(generator: torch.Generator) -> Tensor:
    """Return examples of random kinds, with at least one of each kind, as one-hot rows."""
    kinds = torch.cat([torch.arange(KINDS), torch.randint(KINDS, (COUNT - KINDS,), generator=generator)])
    return F.one_hot(kinds, KINDS).double()


def _network(generator: torch.Generator, *, minimax: bool = False) -> tuple[GenerativeAdversarialNetwork, Tensor]:
    network = GenerativeAdversarialNetwork(minimax=minimax).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype) / 2)
    return network, torch.rand(5, network.features, generator=generator, dtype=torch.float64)


def _reseeded() -> torch.Generator:
    """Return a generator that always draws the same noise."""
    return torch.Generator().manual_seed(1)
