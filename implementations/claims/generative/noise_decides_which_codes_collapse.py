"""Experiment: how many numbers of its code does a linear variational autoencoder use, and how many eigenvalues say so?

Source: Lucas, Tucker, Grosse & Norouzi 2019 (lucas2019dont), Theorem 1 and the analysis before it.

Method: the data are 1,000 normal examples whose covariance has eight eigenvalues, each the square root of 2 times the
next, in random directions. Encoder and decoder are linear, with one learned variance for each number of the code, as
many numbers as features, and decoder noise of a fixed variance. They are trained by Adam, for nine variances of the
noise, which lie between the eigenvalues. The mean of the bound over all codes is known, so that no code is drawn. It is
quadratic in the examples, so that eight examples with the same covariance, one along each of its directions, have the
same mean and replace the thousand. Without any encoder, the exact likelihood of the same decoder is then maximised by
its gradient, and the singular values of the weights are counted.

Measures:
    ratios: eigenvalues of the data's covariance over the variance of the noise, for all variances.
    divergences: mean divergences of the numbers of the code from the prior, in nats, the largest for the largest ratio.
    predicted: log(ratio) / 2 where the ratio exceeds 1, otherwise 0.
    mistakes: differences between numbers in use and eigenvalues above the noise, added up over its variances.
    likelihood_mistakes: the same for singular values that are not zero, where the exact likelihood is maximised.
    coordinate_mistakes: the same for variances of coordinates, compared with the eigenvalues.
    agreement: 1 less the largest difference between `divergences` and `predicted`. The difference itself is what
        training has left, and depends on how a processor rounds.
    first_used: share of numbers in use before training, the least for any variance of the noise.
    attained: 1 less the largest gap, in nats, between the negative bound after training and the least negative
        log-likelihood of any decoder.
"""

import math
from functools import partial

import torch
from torch import Tensor, nn

from implementations.architectures.generative.variational_autoencoder import divergence
from implementations.claims.precision import double_precision
from kb.training import Loss, descend

FEATURES, EXAMPLES = 8, 1000
EIGENVALUES = [2 ** (number / 2) for number in range(FEATURES)]
NOISE = [2 ** (number / 2 - 0.25) for number in range(FEATURES + 1)]
USED = 0.01
"""Nats above which a number of a code is in use, and share of the largest deviation above which a singular value is."""
STAGES = [(2000, 3e-2), (500, 1e-2)]
"""Steps and learning rates."""


class LinearAutoencoder(nn.Module):
    """A variational autoencoder of linear maps, for data with the mean 0.

    Args:
        noise: Variance of the decoder's noise.
    """

    def __init__(self, noise: float) -> None:
        super().__init__()
        self.noise = noise
        self.encoder, self.decoder = (nn.Linear(FEATURES, FEATURES, bias=False) for _ in range(2))
        self.log_variance = nn.Parameter(torch.zeros(FEATURES))

    def forward(self, x: Tensor) -> Tensor:
        """Return the negative bound of every example, as a mean over all codes."""
        mean = self.encoder(x)
        spread = (self.log_variance.exp() * self.decoder.weight.square().sum(0)).sum()
        squares = (x - self.decoder(mean)).square().sum(1) + spread
        error = squares / (2 * self.noise) + FEATURES / 2 * math.log(2 * math.pi * self.noise)
        return error + divergence(mean, self.log_variance.expand_as(mean))

    @torch.no_grad()
    def divergences(self, x: Tensor) -> Tensor:
        """Return the mean divergence of each number of the code from the prior, the largest first."""
        mean = self.encoder(x)
        each = [divergence(mean[:, [number]], self.log_variance[[number]]).mean() for number in range(FEATURES)]
        return torch.stack(each).sort(descending=True).values


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train with every variance of the noise.

    Args:
        seed: Seed of the data and the weights.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    directions = torch.linalg.qr(torch.randn(FEATURES, FEATURES)).Q
    x = torch.randn(EXAMPLES, FEATURES) * torch.tensor(EIGENVALUES).sqrt() @ directions.T
    x = x - x.mean(0)
    covariance = x.T @ x / EXAMPLES
    eigenvalues, vectors = (each.flip(-1) for each in torch.linalg.eigh(covariance))
    x = (FEATURES * eigenvalues).sqrt()[:, None] * vectors.T  # the same covariance, with an example for each direction
    above = [int((eigenvalues > noise).sum()) for noise in NOISE]
    first, last, gaps, maxima = [], [], [], []
    for noise in NOISE:
        net = LinearAutoencoder(noise)
        first.append(net.divergences(x))
        train(list(net.parameters()), partial(negative_bound, net, x))
        last.append(net.divergences(x))
        least = negative_log_likelihood(best_decoder(eigenvalues, noise), eigenvalues.diag(), noise)
        gaps.append(negative_bound(net, x).item() - least.item())
        maxima.append(most_likely_decoder(covariance, noise))
    ratios = torch.stack([eigenvalues / noise for noise in NOISE])
    predicted = ratios.log().clamp(min=0) / 2
    singular = [torch.linalg.svdvals(weight) for weight in maxima]
    return {
        "ratios": ratios.flatten().tolist(),
        "divergences": torch.stack(last).flatten().tolist(),
        "predicted": predicted.flatten().tolist(),
        "mistakes": mistakes([int((each > USED).sum()) for each in last], above),
        "likelihood_mistakes": mistakes([int((each > USED * eigenvalues[0].sqrt()).sum()) for each in singular], above),
        "coordinate_mistakes": mistakes([int((covariance.diag() > noise).sum()) for noise in NOISE], above),
        "agreement": 1 - float((torch.stack(last) - predicted).abs().max()),
        "first_used": min(float((each > USED).double().mean()) for each in first),
        "attained": 1 - max(gaps),
    }


def mistakes(counts: list[int], expected: list[int]) -> float:
    """Return by how much counts are wrong altogether."""
    return float(sum(abs(count - other) for count, other in zip(counts, expected, strict=True)))


def negative_log_likelihood(weight: Tensor, covariance: Tensor, noise: float) -> Tensor:
    """Return the mean of -log p(x) over data with this covariance; x is normal with the covariance W W^T + noise I."""
    model = weight @ weight.T + noise * torch.eye(FEATURES)
    return (FEATURES * math.log(2 * math.pi) + model.logdet() + torch.linalg.solve(model, covariance).trace()) / 2


def best_decoder(eigenvalues: Tensor, noise: float) -> Tensor:
    """Return the weights of largest likelihood, along the eigenvectors: what an eigenvalue exceeds the noise by."""
    return (eigenvalues - noise).clamp(min=0).sqrt().diag()


def most_likely_decoder(covariance: Tensor, noise: float) -> Tensor:
    """Return the weights to which the gradient of the exact likelihood leads from random ones."""
    weight = nn.Parameter(torch.randn(FEATURES, FEATURES) / FEATURES**0.5)
    train([weight], partial(negative_log_likelihood, weight, covariance, noise))
    return weight.detach()


def negative_bound(net: LinearAutoencoder, x: Tensor) -> Tensor:
    """Return the mean of the negative bound over examples."""
    return net(x).mean()


def train(parameters: list[nn.Parameter], loss: Loss) -> None:
    """Lower a loss, with a rate that falls from stage to stage."""
    for steps, rate in STAGES:
        descend(torch.optim.Adam(parameters, lr=rate), loss, steps=steps)
