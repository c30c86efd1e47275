"""Variational autoencoder: a decoder turns random codes into data, and an encoder infers the codes of data.

Source: Kingma & Welling 2014, "Auto-encoding variational Bayes" (kingma2013auto), with the networks of its appendix C;
Rezende, Mohamed & Wierstra 2014 (rezende2014stochastic) found the same way of training at the same time.

Equations:
    p(z) = N(0, I)      p(x_i = 1 | z) = sigma(logits_i)      logits = V tanh(U z + u) + v
    q(z | x) = N(mean, diag exp(log_variance)),      both affine in tanh(W x + w)
    z = mean + exp(log_variance / 2) noise           noise ~ N(0, I)
    -log p(x) <= E_q[-log p(x | z)] + KL(q(z | x) || p(z))
    KL = 1/2 sum over j of (mean_j^2 + exp(log_variance_j) - 1 - log_variance_j)

Shapes: B examples, F bits, U hidden units, D numbers of a code.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gradient_estimator.reparametrisation import Reparametrisation
from kb.guards import checked_arguments, checked_inputs


class Gaussian(NamedTuple):
    """Means of a code's numbers, which are independent, and the logarithms of their variances."""

    mean: Float[Tensor, "B D"]
    log_variance: Float[Tensor, "B D"]


class Reconstruction(NamedTuple):
    """The distribution of codes, one that is drawn from it, and the log-odds of the decoded bits."""

    mean: Float[Tensor, "B D"]
    log_variance: Float[Tensor, "B D"]
    z: Float[Tensor, "B D"]
    logits: Float[Tensor, "B F"]


class Encoder(nn.Module):
    """The recognition model q(z | x).

    Args:
        in_features: Number F of bits.
        hidden: Number U of hidden units.
        latent: Numbers D of a code.
    """

    def __init__(self, *, in_features: int, hidden: int, latent: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(in_features, hidden)
        self.mean = nn.Linear(hidden, latent)
        self.log_variance = nn.Linear(hidden, latent)

    def forward(self, x: Float[Tensor, "B F"]) -> Gaussian:
        """Return the distribution of the codes that each example may have come from."""
        h = torch.tanh(self.hidden(x))
        return Gaussian(self.mean(h), self.log_variance(h))


class Decoder(nn.Module):
    """The likelihood p(x | z).

    Args:
        latent: Numbers D of a code.
        hidden: Number U of hidden units.
        out_features: Number F of bits.
    """

    def __init__(self, *, latent: int, hidden: int, out_features: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(latent, hidden)
        self.logits = nn.Linear(hidden, out_features)

    def forward(self, z: Float[Tensor, "B D"]) -> Float[Tensor, "B F"]:
        """Return the log-odds of every bit, which are independent given the code."""
        return self.logits(torch.tanh(self.hidden(z)))


class VariationalAutoencoder(nn.Module):
    """A distribution of bits, with a latent code.

    Args:
        in_features: Number F of bits.
        hidden: Hidden units U of the encoder, and of the decoder.
        latent: Numbers D of a code.

    Example:
        >>> model = VariationalAutoencoder(in_features=6, latent=2)
        >>> answer = model(torch.ones(3, 6), noise=torch.zeros(3, 2))
        >>> torch.equal(answer.z, answer.mean), answer.logits.shape
        (True, torch.Size([3, 6]))
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 6, hidden: int = 5, latent: int = 2) -> None:
        super().__init__()
        self.latent = latent
        self.draw = Reparametrisation()
        self.encoder = Encoder(in_features=in_features, hidden=hidden, latent=latent)
        self.decoder = Decoder(latent=latent, hidden=hidden, out_features=in_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"], noise: Float[Tensor, "B D"] | None = None) -> Reconstruction:
        """Encode bits, draw a code and decode it.

        Args:
            x: Bits.
            noise: Standard normal numbers, which determine the codes; drawn where they are not given.
        """
        mean, log_variance = self.encoder(x)
        noise = torch.randn_like(mean) if noise is None else noise
        z = self.draw(mean, log_variance, noise)
        return Reconstruction(mean, log_variance, z, self.decoder(z))

    def negative_bound(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return -log p(x | z) for a random code z, plus the divergence of the codes from the prior.

        The mean over all codes is a bound of -log p(x) from above.
        """
        noise = torch.randn(len(x), self.latent, generator=generator, dtype=x.dtype)
        answer = self(x, noise)
        return negative_log_likelihood(x, answer.logits) + divergence(answer.mean, answer.log_variance)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B F"]:
        """Draw codes from the prior, and bits given the codes."""
        z = torch.randn(count, self.latent, generator=generator, dtype=self.decoder.logits.weight.dtype)
        return torch.bernoulli(torch.sigmoid(self.decoder(z)), generator=generator)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random bits, and noise."""
        bits = torch.rand(B, self.encoder.hidden.in_features, generator=generator) < 0.5
        noise = torch.randn(B, self.latent, generator=generator)
        return {"x": bits.to(noise.dtype), "noise": noise}


def negative_log_likelihood(x: Float[Tensor, "B F"], logits: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
    """Return -log p(x | z) of independent bits with these log-odds."""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def divergence(mean: Float[Tensor, "B D"], log_variance: Float[Tensor, "B D"]) -> Float[Tensor, " B"]:
    """Return the Kullback-Leibler divergence of independent normal numbers from standard normal ones."""
    return (mean.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2
