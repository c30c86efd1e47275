"""Exact checks of the denoising autoencoder."""

import math

import torch
from torch.nn import functional as F

from implementations.architectures.unsupervised.autoencoder import Autoencoder
from implementations.architectures.unsupervised.denoising_autoencoder import DenoisingAutoencoder
from implementations.claims.agreement import difference


def it_is_two_tied_layers(generator: torch.Generator) -> float:
    """Return the difference from a sigmoid layer and its transpose, and of the error from a cross-entropy."""
    net = DenoisingAutoencoder().double()
    x, noise = (value.double() for value in net.example_inputs(generator).values())
    damaged, y = net(x, noise)
    (encoding,), (decoding,) = net.autoencoder.encoding, net.autoencoder.decoding
    z = torch.sigmoid(damaged @ encoding.weight.T + encoding.bias)
    expected = torch.sigmoid(z @ encoding.weight + decoding.bias)
    state = generator.get_state()
    error = net.denoising_error(generator=generator, x=x)
    generator.set_state(state)
    y_drawn = net(x, torch.randn(x.shape, generator=generator, dtype=x.dtype)).y
    entropy = -(x * y_drawn.log() + (1 - x) * (1 - y_drawn).log()).sum(1)
    return max(difference(y, expected), difference(error, entropy))


def all_choices_are_equally_likely(generator: torch.Generator) -> float:
    """Return how far the shares of masks among 20,000 are from equal ones, as far as by more than five standard errors.

    A mask of another number of zeros counts as an error, and so does a number that is changed but not masked.
    """
    net = DenoisingAutoencoder(in_features=5, masked=0.4)
    count, choices = 20_000, math.comb(5, 2)
    x = torch.rand(count, 5, generator=generator) + 0.5
    damaged = net.damage(x, torch.randn(count, 5, generator=generator))
    zeros = damaged == 0
    wrong = ((zeros.sum(1) != 2) | (zeros | (damaged == x)).logical_not().any(1)).double().mean()
    shares = (zeros.long() * 2 ** torch.arange(5)).sum(1).bincount(minlength=32) / count
    shares = shares[torch.tensor([bin(number).count("1") == 2 for number in range(32)])]
    allowed = 5 * math.sqrt((1 / choices) * (1 - 1 / choices) / count)
    return max(float(wrong), float(((shares - 1 / choices).abs() - allowed).clamp(min=0).max()))


def undamaged_it_is_an_autoencoder(generator: torch.Generator) -> float:
    """Return the differences of reconstructions and errors, without damage, from those of an autoencoder."""
    net = DenoisingAutoencoder(masked=0.0).double()
    plain = Autoencoder(hidden=[], code=8, code_activation="sigmoid", tied=True).double()
    plain.load_state_dict(net.autoencoder.state_dict())
    x = torch.rand(7, 6, generator=generator, dtype=torch.float64)
    found = net.denoising_error(generator=generator, x=x)
    return max(difference(net(x).y, plain(x)), difference(found, plain.reconstruction_error(x)))


def tied_reconstructions_are_the_score_of_an_energy(generator: torch.Generator) -> float:
    """Return the difference of (y - v) / sigma^2 from minus the derivative of Vincent's energy of v.

    The energy is (|v|^2 / 2 - c . v - the sum of softplus(W v + b)) / sigma^2, and outputs are affine.
    """
    net = DenoisingAutoencoder(masked=0.0, deviation=0.5, output_activation="identity").double()
    (encoding,), (decoding,) = net.autoencoder.encoding, net.autoencoder.decoding
    v = torch.randn(7, 6, generator=generator, dtype=torch.float64).requires_grad_()
    units = F.softplus(v @ encoding.weight.T + encoding.bias).sum(1)
    energy = (v.square().sum(1) / 2 - v @ decoding.bias - units) / net.deviation**2
    (slope,) = torch.autograd.grad(energy.sum(), v)
    return difference((net.autoencoder(v) - v) / net.deviation**2, -slope)
