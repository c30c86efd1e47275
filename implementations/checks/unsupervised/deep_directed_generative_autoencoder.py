"""Exact checks of the deep directed generative autoencoder, on one small enough to list all its codes."""

import torch
from torch import Tensor

from implementations.architectures.unsupervised.deep_directed_generative_autoencoder import (
    DeepDirectedGenerativeAutoencoder,
)
from implementations.claims.agreement import difference

BITS, LEVELS = 4, (3, 2)
LARGE_LOGIT = 60.0  # log-odds, beyond which a probability is one in double precision


def bound_exceeds_by_the_surprisal_of_the_code(generator: torch.Generator) -> float:
    """Return the difference between bound + log P(x) and -log P(f(x) | x), over all x; and where it is negative.

    The probabilities are products of sigmoids, added up over all codes of both levels.
    """
    model = _model(generator)
    x = _states(BITS)
    joint = _joint(model)  # [x, h_1, h_2]
    likelihood = joint.sum((1, 2))
    first, second = (_number(code) for code in model.encode(x)[1:])
    posterior = joint[torch.arange(len(x)), first, second] / likelihood
    gap = model(x).bound.detach() + likelihood.log()
    return max(difference(gap, -posterior.log()), float((-gap).clamp(min=0).max()))


def probabilities_add_up_to_one(generator: torch.Generator) -> float:
    """Return how far the sum of P(x | h_1) P(h_1 | h_2) P(h_2) over everything is from one."""
    model = _model(generator)
    sizes = (BITS, *LEVELS)
    every = torch.cartesian_prod(*(torch.arange(2**size) for size in sizes))
    codes = [_states(size)[number] for size, number in zip(sizes, every.T, strict=True)]
    total = torch.stack(model.log_terms(codes)).sum(0).exp().sum()
    return abs(total.item() - 1)


def it_is_exact_where_one_code_has_all_the_mass(generator: torch.Generator) -> float:
    """Return the difference of the bound from -log P(x) where all inputs have one code, and its prior is one."""
    model = _model(generator)
    codes = [(torch.rand(size, generator=generator) < 0.5).double() for size in LEVELS]
    with torch.no_grad():
        for encoder, code in zip(model.encoders, codes, strict=True):
            encoder.weight.zero_()
            encoder.bias.copy_(2 * code - 1)
        model.decoders[1].weight.zero_()
        model.decoders[1].bias.copy_(LARGE_LOGIT * (2 * codes[0] - 1))
        model.prior.copy_(LARGE_LOGIT * (2 * codes[1] - 1))
    return difference(model(_states(BITS)).bound, -_joint(model).sum((1, 2)).log())


def it_is_exact_where_the_code_determines_the_input(generator: torch.Generator) -> float:
    """Return the difference of the bound from -log P(x), and from the prior's, where every input is its own code."""
    model = DeepDirectedGenerativeAutoencoder(in_features=BITS, levels=[BITS, BITS]).double()
    own = torch.eye(BITS, dtype=torch.float64)
    with torch.no_grad():
        for encoder, decoder in zip(model.encoders, model.decoders, strict=True):
            encoder.weight.copy_(own)
            encoder.bias.fill_(-0.5)
            decoder.weight.copy_(2 * LARGE_LOGIT * own)
            decoder.bias.fill_(-LARGE_LOGIT)
        model.prior.copy_(torch.randn(BITS, generator=generator, dtype=torch.float64))
    x, bound = _states(BITS), model(_states(BITS)).bound
    probabilities = torch.where(x.bool(), model.prior.sigmoid(), 1 - model.prior.sigmoid())
    return max(difference(bound, -_joint(model).sum((1, 2)).log()), difference(bound, -probabilities.prod(1).log()))


def gradients_pass_the_threshold(generator: torch.Generator) -> float:
    """Return the difference of the encoder's gradient from one written out, with a step whose derivative is one."""
    model = DeepDirectedGenerativeAutoencoder(in_features=BITS, levels=[3]).double().train()
    _randomise(model, generator)
    (encoder,), (decoder,) = model.encoders, model.decoders
    x = _states(BITS)
    found = torch.autograd.grad(model(x).bound.sum(), [encoder.weight, encoder.bias])
    with torch.no_grad():
        probability = (x @ encoder.weight.T + encoder.bias).sigmoid()
        h = (probability > 0.5).double()
        wrong = (h @ decoder.weight.T + decoder.bias).sigmoid() - x
        sent = (wrong @ decoder.weight - model.prior) * probability * (1 - probability)
    return max(difference(found[0], sent.T @ x), difference(found[1], sent.sum(0)))


def codes_cost_more_with_every_pass(generator: torch.Generator) -> float:
    """Return the difference of the bounds in the first passes of training from bounds with a part of the cost."""
    model = DeepDirectedGenerativeAutoencoder(in_features=BITS, levels=LEVELS, warm_up=4).double().train()
    _randomise(model, generator)
    x = _states(BITS)
    of_input, *of_codes = model.log_terms(model.encode(x))
    costs = torch.stack(of_codes).sum(0)
    expected = [-of_input - share * costs for share in (0.0, 0.25, 0.5, 0.75, 1.0, 1.0)]
    return difference(torch.stack([model(x).bound for _ in expected]), torch.stack(expected))


def draws_follow_the_distribution(generator: torch.Generator) -> float:
    """Return how far the shares of inputs among draws are from P(x), as far as by more than five standard errors."""
    model = _model(generator)
    count = 20_000
    drawn = _number(model.sample(count, generator)).bincount(minlength=2**BITS) / count
    probabilities = _joint(model).sum((1, 2))
    allowed = 5 * (probabilities * (1 - probabilities) / count).sqrt()
    return float(((drawn - probabilities).abs() - allowed).clamp(min=0).max())


def _model(generator: torch.Generator) -> DeepDirectedGenerativeAutoencoder:
    model = DeepDirectedGenerativeAutoencoder(in_features=BITS, levels=LEVELS).double()
    _randomise(model, generator)
    return model


def _randomise(model: DeepDirectedGenerativeAutoencoder, generator: torch.Generator) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))


def _states(bits: int) -> Tensor:
    """Return all states `[2^bits, bits]`, numbered as by `_number`."""
    return (torch.arange(2**bits)[:, None] >> torch.arange(bits) & 1).double()


def _number(states: Tensor) -> Tensor:
    """Return the numbers of states, the first bit being the lowest."""
    return (states.long() << torch.arange(states.shape[1])).sum(1)


def _joint(model: DeepDirectedGenerativeAutoencoder) -> Tensor:
    """Return P(x, h_1, h_2) for all inputs and codes, from products of sigmoids and their complements."""
    lower, upper = model.decoders
    visible, first, second = (_states(len(probabilities)) for probabilities in (lower.bias, upper.bias, model.prior))
    below = _probabilities((first @ lower.weight.T + lower.bias).sigmoid(), visible)  # [h_1, x]
    between = _probabilities((second @ upper.weight.T + upper.bias).sigmoid(), first)  # [h_2, h_1]
    prior = _probabilities(model.prior.sigmoid()[None], second)[0]  # [h_2]
    return torch.einsum("ax,ba,b->xab", below, between, prior).detach()


def _probabilities(on: Tensor, states: Tensor) -> Tensor:
    """Return the probability `[rows, states]` of every state of independent bits, for rows of chances to be one."""
    return torch.where(states.bool(), on[:, None], 1 - on[:, None]).prod(2)
