"""Exact checks of the variational autoencoder, with codes of one number, whose integrals are sums over a grid."""

import torch
from torch import Tensor
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence

from implementations.architectures.generative.variational_autoencoder import (
    VariationalAutoencoder,
    divergence,
    negative_log_likelihood,
)
from implementations.claims.agreement import difference

BITS = 3
WIDE, POINTS = 15.0, 3001
"""For functions as smooth as these, sums over so fine a grid are integrals to rounding error."""


def networks_are_perceptrons(generator: torch.Generator) -> float:
    """Return the difference of encoder and decoder from products of matrices around a hyperbolic tangent."""
    model = _model(generator)
    x = _states()
    encoder, decoder = model.encoder, model.decoder
    h = torch.tanh(x @ encoder.hidden.weight.T + encoder.hidden.bias)
    z = h @ encoder.mean.weight.T + encoder.mean.bias
    log_variance = h @ encoder.log_variance.weight.T + encoder.log_variance.bias
    logits = (
        torch.tanh(z @ decoder.hidden.weight.T + decoder.hidden.bias) @ decoder.logits.weight.T + decoder.logits.bias
    )
    found = encoder(x)
    return max(difference(a, b) for a, b in zip((*found, decoder(z)), (z, log_variance, logits), strict=True))


def bound_exceeds_by_the_error_of_the_encoder(generator: torch.Generator) -> float:
    """Return the difference of the bound from -log p(x) + KL(q(z | x) || p(z | x)), all by integrals, for every x."""
    model = _model(generator)
    x = _states()
    mean, log_variance = (part.detach() for part in model.encoder(x))
    bound = _expected_bound(model, x)
    z, step = _grid()
    joint = _joint(model, x, z)
    evidence = joint.logsumexp(1) + step.log()
    encoder = Normal(mean, (log_variance / 2).exp()).log_prob(z[:, 0])
    gap = (encoder.exp() * (encoder - joint + evidence[:, None])).sum(1) * step
    return difference(bound, -evidence + gap)


def divergence_is_that_of_torch(generator: torch.Generator) -> float:
    """Return the difference of the divergence, and of -log p(x | z), from those of `torch.distributions`."""
    mean, log_variance, logits = (torch.randn(4, 3, generator=generator, dtype=torch.float64) for _ in range(3))
    x = (torch.rand(4, 3, generator=generator) < 0.5).double()
    standard = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), standard).sum(1)
    expected_nll = -Independent(Bernoulli(logits=logits), 1).log_prob(x)
    return max(
        difference(divergence(mean, log_variance), expected),
        difference(negative_log_likelihood(x, logits), expected_nll),
    )


def gradient_through_the_code_is_that_of_the_mean(generator: torch.Generator) -> float:
    """Return the difference of the mean gradient through the noise from the gradient of an integral over codes.

    In the integral the codes are fixed, and the encoder changes their density under q.
    """
    model = _model(generator)
    x = _states()
    weights = list(model.encoder.parameters())
    through = torch.autograd.grad(_expected_bound(model, x).sum(), weights)
    mean, log_variance = model.encoder(x)
    z, step = _grid()
    density = Normal(mean, (log_variance / 2).exp()).log_prob(z[:, 0]).exp()
    integral = (density * -_likelihood(model, x, z).detach()).sum(1) * step + divergence(mean, log_variance)
    expected = torch.autograd.grad(integral.sum(), weights)
    return max(difference(a, b) for a, b in zip(through, expected, strict=True))


def weights_of_codes_add_up_to_the_likelihood(generator: torch.Generator) -> float:
    """Return the difference between the mean of p(x, z) / q(z | x) over the model's own codes and p(x)."""
    model = _model(generator)
    x = _states()
    noise, step = _grid()
    answer = model(x.repeat_interleave(len(noise), 0), noise.repeat(len(x), 1))
    encoder = Normal(answer.mean, (answer.log_variance / 2).exp()).log_prob(answer.z).squeeze(1)
    joint = Normal(0.0, 1.0).log_prob(answer.z).squeeze(1) - negative_log_likelihood(
        x.repeat_interleave(len(noise), 0), answer.logits
    )
    found = ((joint - encoder).exp().view(len(x), -1) * _standard(noise)).sum(1) * step
    grid, step = _grid()
    return difference(found, _joint(model, x, grid).exp().sum(1) * step)


def bound_is_exact_where_the_code_is_ignored(generator: torch.Generator) -> float:
    """Return the difference of the drawn bound from -log p(x), where the decoder ignores codes and the encoder bits.

    This is the collapsed posterior, for which the bound is exact.
    """
    model = _model(generator)
    with torch.no_grad():
        model.decoder.hidden.weight.zero_()
        for layer in (model.encoder.mean, model.encoder.log_variance):
            layer.weight.zero_()
            layer.bias.zero_()
    x = _states()
    on = model.decoder(torch.zeros(1, 1, dtype=torch.float64)).sigmoid()
    expected = -torch.where(x.bool(), on, 1 - on).prod(1).log()
    return difference(model.negative_bound(generator=generator, x=x), expected)


def draws_follow_the_distribution(generator: torch.Generator) -> float:
    """Return how far the shares of inputs among draws are from p(x), as far as by more than five standard errors."""
    model = _model(generator)
    count = 20_000
    powers = 2 ** torch.arange(BITS)
    drawn = (model.sample(count, generator).long() * powers).sum(1).bincount(minlength=2**BITS) / count
    z, step = _grid()
    probabilities = _joint(model, _states(), z).exp().sum(1) * step
    allowed = 5 * (probabilities * (1 - probabilities) / count).sqrt()
    return float(((drawn - probabilities).abs() - allowed).clamp(min=0).max())


def _model(generator: torch.Generator) -> VariationalAutoencoder:
    model = VariationalAutoencoder(in_features=BITS, hidden=4, latent=1).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
        for parameter in model.encoder.log_variance.parameters():
            parameter.mul_(0.1)  # neither too narrow nor too wide for the grid
    return model


def _states() -> Tensor:
    """Return all states `[2^bits, bits]`, the first bit being the lowest digit of a state's number."""
    return (torch.arange(2**BITS)[:, None] >> torch.arange(BITS) & 1).double()


def _grid() -> tuple[Tensor, Tensor]:
    """Return codes `[points, 1]`, evenly spaced, and their spacing."""
    z = torch.linspace(-WIDE, WIDE, POINTS, dtype=torch.float64)[:, None]
    return z, z[1, 0] - z[0, 0]


def _standard(z: Tensor) -> Tensor:
    return Normal(0.0, 1.0).log_prob(z[:, 0]).exp()


def _likelihood(model: VariationalAutoencoder, x: Tensor, z: Tensor) -> Tensor:
    """Return log p(x | z) for all pairs `[states, codes]`, from probabilities of bits and of their complements."""
    logits = model.decoder(z)
    return torch.where(x[:, None].bool(), logits.sigmoid(), (-logits).sigmoid()).log().sum(2)


def _joint(model: VariationalAutoencoder, x: Tensor, z: Tensor) -> Tensor:
    return (_likelihood(model, x, z) + Normal(0.0, 1.0).log_prob(z[:, 0])).detach()


def _expected_bound(model: VariationalAutoencoder, x: Tensor) -> Tensor:
    """Return the mean of the bound over all noise, for every example."""
    noise, step = _grid()
    answer = model(x.repeat_interleave(len(noise), 0), noise.repeat(len(x), 1))
    bound = negative_log_likelihood(x.repeat_interleave(len(noise), 0), answer.logits) + divergence(
        answer.mean, answer.log_variance
    )
    return (bound.view(len(x), -1) * _standard(noise)).sum(1) * step
