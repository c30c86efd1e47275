"""Exact checks of the WKV operator."""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.wkv_operator import Means, WKVOperator

POSITIONS, WIDTH = 11, 3


def started(net: WKVOperator, k: torch.Tensor, v: torch.Tensor) -> Means:
    """Return what the operator computes with nothing before."""
    nothing = torch.zeros_like(k[:, 0])
    return net(k, v, nothing, nothing - torch.inf)


def drawn(generator: torch.Generator) -> tuple[WKVOperator, torch.Tensor, torch.Tensor]:
    """Return an operator, keys and values."""
    net = WKVOperator(width=WIDTH).double()
    k, v = torch.randn(2, 2, POSITIONS, WIDTH, generator=generator, dtype=torch.float64)
    return net, k, v


def as_sums(generator: torch.Generator) -> float:
    """Return the difference from eq. 16, all positions at once with a weight for every pair."""
    net, k, v = drawn(generator)
    distance = torch.arange(POSITIONS)[:, None] - torch.arange(POSITIONS) - 1  # [t, i]
    logs = k[:, None] - distance[..., None] * net.log_decay.exp()  # [B, t, i, D]
    own = k[:, None] + net.bonus
    logs = torch.where((distance < 0)[..., None], own, logs).masked_fill((distance < -1)[..., None], -torch.inf)
    return difference(started(net, k, v).y, (logs.softmax(2) * v[:, None]).sum(2))


def continued(generator: torch.Generator) -> float:
    """Return the difference between one run, and two with the mean and the logarithm passed on."""
    net, k, v = drawn(generator)
    whole, first = started(net, k, v), started(net, k[:, :4], v[:, :4])
    second = net(k[:, 4:], v[:, 4:], first.m, first.s)
    ends = max(difference(second.m, whole.m), difference(second.s, whole.s))
    return max(difference(torch.cat([first.y, second.y], 1), whole.y), ends)


def without_decay(generator: torch.Generator) -> float:
    """Return the difference from causal softmax attention of queries of one, feature by feature, for w = u = 0."""
    net, k, v = drawn(generator)
    with torch.no_grad():
        net.log_decay.fill_(-torch.inf)
        net.bonus.zero_()
    keys, values = (given.mT[..., None] for given in (k, v))  # a head of width one for every feature
    attended = F.scaled_dot_product_attention(torch.ones_like(keys), keys, values, is_causal=True, scale=1.0)
    return difference(started(net, k, v).y, attended[..., 0].mT)
