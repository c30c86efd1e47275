"""Exact checks of the autoencoder: its equations, and what a linear one learns."""

import torch
from torch import Tensor
from torch.distributions import Bernoulli, kl_divergence

from implementations.architectures.unsupervised.autoencoder import Autoencoder
from implementations.claims.agreement import difference

EXAMPLES, FEATURES, CODE = 30, 6, 2
LINEAR = {"hidden": [], "activation": "identity", "code_activation": "identity", "output_activation": "identity"}


def it_is_a_chain_of_matrices_and_sigmoids(generator: torch.Generator) -> float:
    """Return the difference of codes and reconstructions from products of matrices with sigmoids between them."""
    net = Autoencoder(hidden=[5, 4]).double()
    x = torch.rand(7, 6, generator=generator, dtype=torch.float64)
    (first, second, third), (back, middle, last) = net.encoding, net.decoding
    hidden = torch.sigmoid(torch.sigmoid(x @ first.weight.T + first.bias) @ second.weight.T + second.bias)
    z = hidden @ third.weight.T + third.bias
    hidden = torch.sigmoid(torch.sigmoid(z @ back.weight.T + back.bias) @ middle.weight.T + middle.bias)
    y = torch.sigmoid(hidden @ last.weight.T + last.bias)
    return max(difference(net.encoder(x), z), difference(net(x), y))


def error_is_a_divergence_of_bits(generator: torch.Generator) -> float:
    """Return the difference of the error from the divergence of bits with probability y from bits with probability x.

    The entropy of the latter is added, which depends on the data only.
    """
    net = Autoencoder().double()
    x = torch.rand(7, 6, generator=generator, dtype=torch.float64)
    given = Bernoulli(x)
    expected = (kl_divergence(given, Bernoulli(net(x))) + given.entropy()).sum(1)
    return difference(net.reconstruction_error(x), expected)


def principal_components_are_a_minimum(generator: torch.Generator) -> float:
    """Return how far the error with principal components is from the smaller eigenvalues, and its gradient from zero.

    The matrix of the encoder has the eigenvectors with the largest eigenvalues of the covariance as its rows, that of
    the decoder has them as its columns, and the biases subtract and add the mean.
    """
    net, x = _linear(), _data(generator)
    values, vectors = _eigenvalues(x)
    kept, mean = vectors[:, -CODE:], x.mean(0)
    with torch.no_grad():
        net.encoding[0].weight.copy_(kept.T)
        net.encoding[0].bias.copy_(-mean @ kept)
        net.decoding[0].weight.copy_(kept)
        net.decoding[0].bias.copy_(mean)
    error = net.reconstruction_error(x).mean()
    gradients = torch.autograd.grad(error, list(net.parameters()))
    return max(difference(error, values[:-CODE].sum()), *(float(g.abs().max()) for g in gradients))


def training_finds_the_principal_components(generator: torch.Generator) -> float:
    """Return how far the error after training, tied or not, is from the sum of the smaller eigenvalues.

    Training starts from random weights, and ends where the error no longer decreases.
    """
    x = _data(generator)
    expected = _eigenvalues(x)[0][:-CODE].sum()
    return max(difference(_trained(tied, x, generator), expected) for tied in (False, True))


def any_basis_of_the_code_does(generator: torch.Generator) -> float:
    """Return the difference after the encoder multiplies codes by a matrix and the decoder by its inverse."""
    net, x = _linear(), _data(generator)
    expected = net(x).detach()
    basis = torch.randn(CODE, CODE, generator=generator, dtype=torch.float64) + 3 * torch.eye(CODE)
    with torch.no_grad():
        net.encoding[0].weight.copy_(basis @ net.encoding[0].weight)
        net.encoding[0].bias.copy_(basis @ net.encoding[0].bias)
        net.decoding[0].weight.copy_(net.decoding[0].weight @ basis.inverse())
    return difference(net(x), expected)


def gradients_of_tied_weights_add_up(generator: torch.Generator) -> float:
    """Return the difference between gradients of tied matrices and sums of those of the two they stand for.

    The second of the two, that of the decoder, is transposed.
    """
    tied, apart = (Autoencoder(hidden=[5, 4], tied=tied).double() for tied in (True, False))
    apart.load_state_dict(tied.state_dict(), strict=False)
    with torch.no_grad():
        for layer, mirrored in zip(apart.decoding, reversed(apart.encoding), strict=True):
            layer.weight.copy_(mirrored.weight.T)
    x = torch.rand(7, 6, generator=generator, dtype=torch.float64)
    for net in (tied, apart):
        net.reconstruction_error(x).sum().backward()
    layers = zip(tied.encoding, apart.encoding, reversed(apart.decoding), strict=True)
    return max(difference(one.weight.grad, down.weight.grad + up.weight.grad.T) for one, down, up in layers)


def _linear(tied: bool = False) -> Autoencoder:
    return Autoencoder(in_features=FEATURES, code=CODE, tied=tied, **LINEAR).double()


def _data(generator: torch.Generator) -> Tensor:
    """Return examples with a mean and a covariance, two of whose eigenvalues are larger than the others."""
    mixing = torch.randn(FEATURES, FEATURES, generator=generator, dtype=torch.float64)
    scales = torch.tensor([2.0, 1.5, 0.5, 0.4, 0.3, 0.2], dtype=torch.float64)
    drawn = torch.randn(EXAMPLES, FEATURES, generator=generator, dtype=torch.float64)
    return drawn * scales @ torch.linalg.qr(mixing).Q + 1


def _eigenvalues(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return eigenvalues, in ascending order, and eigenvectors of the covariance."""
    return torch.linalg.eigh((x - x.mean(0)).T @ (x - x.mean(0)) / len(x))


def _trained(tied: bool, x: Tensor, generator: torch.Generator) -> Tensor:
    net = _linear(tied)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    optimiser = torch.optim.LBFGS(
        net.parameters(), max_iter=1000, tolerance_grad=1e-12, tolerance_change=0.0, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        error = net.reconstruction_error(x).mean()
        error.backward()
        return error

    optimiser.step(closure)
    return net.reconstruction_error(x).mean()
