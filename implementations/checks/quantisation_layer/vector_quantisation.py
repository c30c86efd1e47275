"""Exact checks of vector quantisation: which vector is chosen, and where gradients go."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.quantisation_layer.vector_quantisation import VectorQuantisation
from implementations.peers.quantisation_layer.vector_quantisation import quantiser

COMMITMENT = 0.25


def nearest_of_all(generator: torch.Generator) -> float:
    """Return the difference from the nearest vector that is found by comparing all distances, one by one."""
    quantise, z = _case(generator)
    codebook = quantise.codebook.detach()
    expected = [min(codebook, key=lambda code: float((vector - code).square().sum())) for vector in z.detach()]
    return max(difference(quantise.train(mode)(z), torch.stack(expected)) for mode in (True, False))


def gradients_pass_unchanged_in_training(generator: torch.Generator) -> float:
    """Return the difference of gradients at the input from those at the output, and of the codebook's from zero."""
    quantise, z = _case(generator)
    sent = torch.randn(z.shape, generator=generator, dtype=z.dtype)
    found, codebook = torch.autograd.grad(
        quantise(z), [z, quantise.codebook], sent, allow_unused=True, materialize_grads=True
    )
    return max(difference(found, sent), float(codebook.abs().max()))


def the_derivative_is_zero_in_eval_mode(generator: torch.Generator) -> float:
    """Return the largest derivative by the input, by automatic differentiation and by a difference."""
    quantise, z = _case(generator)
    quantise.eval()
    (found,) = torch.autograd.grad(quantise(z).sum(), z, allow_unused=True, materialize_grads=True)
    changed = quantise(z + 1e-9) - quantise(z - 1e-9)
    return float(torch.maximum(found.abs().max(), changed.detach().abs().max()))


def codebook_moves_to_the_mean(generator: torch.Generator) -> float:
    """Return the differences of gradients of the codebook error from those in closed form.

    For a vector of the codebook that is the nearest of n inputs it is 2 n times its difference from their mean. No
    gradient reaches the inputs.
    """
    quantise, z = _case(generator)
    codebook, chosen = quantise.codebook, quantise.nearest(z)
    found, inputs = torch.autograd.grad(
        quantise.codebook_error(z).sum(), [codebook, z], allow_unused=True, materialize_grads=True
    )
    expected = torch.zeros_like(codebook)
    for number in chosen.unique():
        members = z[chosen == number]
        expected[number] = 2 * len(members) * (codebook[number] - members.mean(0))
    return max(difference(found, expected), float(inputs.abs().max()))


def inputs_move_to_the_codebook(generator: torch.Generator) -> float:
    """Return the differences of gradients of the commitment error from those in closed form.

    They are twice the differences of inputs from the nearest vectors, and zero for the codebook.
    """
    quantise, z = _case(generator)
    found, codebook = torch.autograd.grad(
        quantise.commitment_error(z).sum(), [z, quantise.codebook], allow_unused=True, materialize_grads=True
    )
    return max(difference(found, 2 * (z - quantise(z))), float(codebook.abs().max()))


def errors_are_the_loss_of_the_peer(generator: torch.Generator) -> float:
    """Return the differences of both errors, added up and averaged, from the loss of diffusers, and of gradients."""
    quantise, z = _case(generator)
    theirs = quantiser(*quantise.codebook.shape, COMMITMENT)
    theirs.embedding.weight = quantise.codebook
    loss = theirs(z[:, :, None, None])[1]
    ours = (quantise.codebook_error(z) + COMMITMENT * quantise.commitment_error(z)).mean() / z.shape[1]
    pairs = zip(*(torch.autograd.grad(value, [z, quantise.codebook]) for value in (ours, loss)), strict=True)
    return max(difference(ours, loss), *(difference(a, b) for a, b in pairs))


def _case(generator: torch.Generator) -> tuple[VectorQuantisation, torch.Tensor]:
    """Return a quantiser in training mode with a random codebook, and inputs."""
    quantise = VectorQuantisation().double().train()
    with torch.no_grad():
        quantise.codebook.copy_(torch.randn(quantise.codebook.shape, generator=generator, dtype=torch.float64))
    return quantise, torch.randn(20, 3, generator=generator, dtype=torch.float64).requires_grad_()
