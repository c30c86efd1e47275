"""Exact checks of MoCo."""

import math
from copy import deepcopy

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.self_supervised.moco import MoCo
from implementations.claims.agreement import difference

PAIRS = (2, 3, 4, 2)
"""Images of the batches of a training, more than the queue has keys."""


def loss_by_a_double_loop(generator: torch.Generator) -> float:
    """Return the difference between losses, and those of a loop over queries and candidates."""
    net, x = _prepared(generator)
    losses = []
    with torch.no_grad():
        for query, key in zip(net.encoder(x[0::2]), net.momentum_encoder.copy(x[1::2]), strict=True):
            terms = []
            for candidate in [key / key.norm(), *net.queue.keys]:
                product = sum(float(a) * float(b) for a, b in zip(query, candidate, strict=True))
                terms.append(math.exp(product / float(query.norm()) / net.temperature))
            losses.append(-math.log(terms[0] / sum(terms)))
        found = net.contrastive_loss(generator=generator, x=x)
    return difference(found, torch.tensor(losses, dtype=torch.float64))


def key_weights_in_closed_form(generator: torch.Generator) -> float:
    """Return the largest difference between the copy's weights after a training, and sums over earlier weights."""
    net, _ = _prepared(generator)
    first = {name: net.momentum_encoder.copy.get_buffer(name).clone() for name, _ in net.encoder.named_parameters()}
    history = [{name: value.detach().clone() for name, value in before.encoder.named_parameters()}
               for before, _ in _training(net, generator)]  # fmt: skip
    differences = []
    for name, start in first.items():
        expected = net.momentum ** len(history) * start
        for age, weights in enumerate(reversed(history)):
            expected = expected + (1 - net.momentum) * net.momentum**age * weights[name]
        differences.append(difference(net.momentum_encoder.copy.get_buffer(name), expected))
    return max(differences)


def queue_is_a_list_of_the_last_keys(generator: torch.Generator) -> float:
    """Return the difference between the queue after a training, and a list of the last keys of its batches."""
    net, _ = _prepared(generator)
    keys = list(net.queue.keys.clone())
    for before, x in _training(net, generator):
        copied = before.momentum_encoder.copy
        with torch.no_grad():
            for name, value in before.encoder.named_parameters():
                kept = copied.get_buffer(name)
                kept.copy_(net.momentum * kept + (1 - net.momentum) * value)
            keys += list(F.normalize(copied(x[1::2]), dim=1))
    expected = torch.stack(keys[-len(net.queue.keys) :])
    return difference(net.queue.keys.roll(-int(net.queue.oldest), 0), expected)


def gradient_is_the_expected_key_less_the_right_one(generator: torch.Generator) -> float:
    """Return the largest difference between gradients of weights, and those by the slope at every query."""
    net, x = _prepared(generator)
    q = F.normalize(net(x[0::2]), dim=1)
    with torch.no_grad():
        right = F.normalize(net.momentum_encoder.copy(x[1::2]), dim=1)
        candidates = torch.cat([right[:, None], net.queue.keys.expand(len(q), -1, -1)], 1)  # [P, 1 + K, D]
        chances = (torch.einsum("pd,pkd->pk", q, candidates) / net.temperature).softmax(1)
        slope = (torch.einsum("pk,pkd->pd", chances, candidates) - right) / net.temperature
    expected = torch.autograd.grad((slope * q).sum(), list(net.parameters()))
    loss = net.contrastive_loss(generator=generator, x=x).sum()
    return max(map(difference, torch.autograd.grad(loss, list(net.parameters())), expected))


def _training(net: MoCo, generator: torch.Generator) -> list[tuple[MoCo, Tensor]]:
    """Train on a few batches, and return the network before every step, with the batch."""
    optimiser, steps = torch.optim.SGD(net.train().parameters(), lr=0.1), []
    for pairs in PAIRS:
        x = net.example_inputs(generator, B=2 * pairs)["x"].double()
        steps.append((deepcopy(net), x))
        optimiser.zero_grad()
        net.contrastive_loss(generator=generator, x=x).mean().backward()
        optimiser.step()
    return steps


def _prepared(generator: torch.Generator) -> tuple[MoCo, Tensor]:
    """Return a network with random weights and statistics, and two views of three images."""
    net = MoCo(momentum=0.7, temperature=0.3).double().eval()
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                drawn = torch.randn(value.shape, generator=generator, dtype=torch.float64) / 2
                value.copy_(drawn.square() + 0.5 if "var" in name else drawn)
        net.queue.keys.copy_(F.normalize(net.queue.keys, dim=1))
    return net, net.example_inputs(generator, B=6)["x"].double()
