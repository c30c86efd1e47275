"""Generative adversarial network: a generator turns noise into data, a discriminator separates them from real data.

Source: Goodfellow et al. 2014, "Generative adversarial nets" (goodfellow2014generative), in the form that its code has
for handwritten digits; maxout units are of Goodfellow et al. 2013 (goodfellow2013maxout).

Equations:
    G(z) = sigma(V_2 ReLU(V_1 ReLU(V_0 z)))      z ~ N(0, I)
    D(x) = sigma(logit(x)),   two layers of maxout units and a linear one
    discriminator: minimises -log D(x) - log(1 - D(G(z)))
    generator:     minimises -log D(G(z)), or log(1 - D(G(z))) in the game of the theory

Shapes: B examples, F numbers of an example, D numbers of the noise.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.maxout import Maxout
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """The generated data, and the log-odds that they, and that the real data, are real."""

    fake: Float[Tensor, "B F"]
    of_fake: Float[Tensor, " B"]
    of_real: Float[Tensor, " B"]


class Generator(nn.Module):
    """From noise to numbers between 0 and 1.

    Args:
        latent: Numbers D of the noise.
        hidden: Units of both hidden layers.
        out_features: Numbers F of an example.
    """

    def __init__(self, *, latent: int, hidden: int, out_features: int) -> None:
        super().__init__()
        self.latent = latent
        self.layers = nn.Sequential(
            nn.Linear(latent, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, out_features),
            nn.Sigmoid(),
        )

    def forward(self, z: Float[Tensor, "B D"]) -> Float[Tensor, "B F"]:
        """Return an example for every draw of noise."""
        return self.layers(z)


class Discriminator(nn.Module):
    """From an example to the log-odds that it is real.

    Args:
        in_features: Numbers F of an example.
        units: Maxout units of both hidden layers.
        pieces: Linear pieces of a unit.
        dropout: Share of the hidden units that training drops.
    """

    def __init__(self, *, in_features: int, units: int, pieces: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Maxout(in_features=in_features, units=units, pieces=pieces),
            nn.Dropout(dropout),
            Maxout(in_features=units, units=units, pieces=pieces),
            nn.Dropout(dropout),
            nn.Linear(units, 1),
        )

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the log-odds of every example."""
        return self.layers(x).squeeze(1)


class GenerativeAdversarialNetwork(nn.Module):
    """Two networks with opposite goals.

    Args:
        features: Numbers F of an example.
        latent: Numbers D of the noise.
        hidden: Units of the hidden layers of the generator.
        units: Maxout units of the hidden layers of the discriminator.
        pieces: Linear pieces of a maxout unit.
        dropout: Share of the discriminator's hidden units that training drops.
        minimax: Whether the generator lowers log(1 - D(G(z))), the discriminator's gain, instead of -log D(G(z)).

    Example:
        >>> network = GenerativeAdversarialNetwork(features=6, latent=2)
        >>> fake, of_fake, of_real = network(torch.rand(3, 6), torch.zeros(3, 2))
        >>> fake.shape, torch.equal(of_fake, network.discriminator(fake))
        (torch.Size([3, 6]), True)
    """

    @checked_arguments(dropout=(0, 1))
    def __init__(
        self,
        *,
        features: int = 6,
        latent: int = 8,
        hidden: int = 16,
        units: int = 4,
        pieces: int = 2,
        dropout: float = 0.0,
        minimax: bool = False,
    ) -> None:
        super().__init__()
        self.features, self.minimax = features, minimax
        self.generator = Generator(latent=latent, hidden=hidden, out_features=features)
        self.discriminator = Discriminator(in_features=features, units=units, pieces=pieces, dropout=dropout)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"], z: Float[Tensor, "B D"] | None = None) -> Outputs:
        """Return as many fakes as there are examples, and the discriminator's log-odds of both.

        Args:
            x: Real examples.
            z: Standard normal numbers; drawn where they are not given.
        """
        fake = self.generator(x.new_empty(len(x), self.generator.latent).normal_() if z is None else z)
        return Outputs(fake, self.discriminator(fake), self.discriminator(x))

    def discriminator_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return -log D(x) - log(1 - D(G(z))), with a fake for every example; the generator is held fixed."""
        fake = self.generator(self._noise(x, generator)).detach()
        return -F.logsigmoid(self.discriminator(x)) - F.logsigmoid(-self.discriminator(fake))

    def generator_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return -log D(G(z)) for as many fakes as there are examples, or log(1 - D(G(z))) in the minimax game."""
        of_fake = self.discriminator(self.generator(self._noise(x, generator)))
        return F.logsigmoid(-of_fake) if self.minimax else -F.logsigmoid(of_fake)

    def _noise(self, x: Tensor, generator: torch.Generator) -> Float[Tensor, "B D"]:
        return torch.randn(len(x), self.generator.latent, generator=generator, dtype=x.dtype)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B F"]:
        """Draw noise, and return the examples generated from it."""
        dtype = next(self.parameters()).dtype
        return self.generator(torch.randn(count, self.generator.latent, generator=generator, dtype=dtype))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random examples, and noise."""
        x = torch.rand(B, self.features, generator=generator)
        return {"x": x, "z": torch.randn(B, self.generator.latent, generator=generator)}
