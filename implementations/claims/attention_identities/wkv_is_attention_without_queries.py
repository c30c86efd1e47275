"""Exact relation: the WKV operator is softmax attention whose queries are one and whose scores fall with the distance.

Source: Peng et al. 2023, eq. 16 (peng2023rwkv); Vaswani et al. 2017, eq. 1 (vaswani2017attention).

Method: random keys, values, rates and bonuses. Every feature becomes a head of width one with queries of one. The
recurrence, from the start, is compared with torch's attention under the bias that the equation has in its exponents,
and, where rates and bonuses are zero, with attention under the causal mask alone.

Measures:
    agreement_error: difference of the outputs, with the bias.
    undecayed_error: difference from causal attention without a bias, where rates and bonuses are zero.
    gradient_error: difference of the gradients of the keys, with the bias.
    unbiased_difference: difference from causal attention without a bias, where rates and bonuses are not zero.
    queries_difference: with the bias, and random queries.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.wkv_operator import WKVOperator
from implementations.concepts.component.scaled_dot_product_attention import ScaledDotProductAttention

EXAMPLES, POSITIONS, WIDTH = 2, 9, 4


def run(seed: int) -> dict[str, float]:
    """Compare the recurrence with attention.

    Args:
        seed: Seed of keys, values, rates and bonuses.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    k, v, sent = torch.randn(3, EXAMPLES, POSITIONS, WIDTH, generator=generator, dtype=torch.float64)
    k.requires_grad_()
    operator = WKVOperator(width=WIDTH).double()
    for parameter in operator.parameters():
        parameter.data.normal_(generator=generator)
    found, queries = from_the_start(operator, k, v), torch.ones_like(k)
    expected = attention(queries, k, v, bias(operator))
    plain = heads(ScaledDotProductAttention(causal=True)(heads(queries), heads(k), heads(v)))
    others = torch.randn(queries.shape, generator=generator, dtype=torch.float64)
    undecayed = WKVOperator(width=WIDTH).double()
    undecayed.log_decay.data.fill_(-torch.inf)
    undecayed.bonus.data.zero_()
    slopes = [torch.autograd.grad(value, k, sent, retain_graph=True)[0] for value in (found, expected)]
    return {
        "agreement_error": difference(found, expected),
        "undecayed_error": difference(from_the_start(undecayed, k, v), plain),
        "gradient_error": difference(*slopes),
        "unbiased_difference": difference(found, plain),
        "queries_difference": difference(found, attention(others, k, v, bias(operator))),
    }


def from_the_start(operator: WKVOperator, k: Tensor, v: Tensor) -> Tensor:
    """Return the outputs for a sequence with nothing before it."""
    y: Tensor = operator(k, v, torch.zeros_like(k[:, 0]), torch.full_like(k[:, 0], -torch.inf)).y
    return y


def heads(x: Tensor) -> Tensor:
    """Return `[B, D, T, 1]` for `[B, T, D]`, or the other way round: every feature is a head of width one."""
    return x.transpose(1, 2)[..., None] if x.dim() == 3 else x[..., 0].transpose(1, 2)


def attention(q: Tensor, k: Tensor, v: Tensor, added: Tensor) -> Tensor:
    """Return attention with a head for every feature and something added to the scores."""
    return heads(F.scaled_dot_product_attention(heads(q), heads(k), heads(v), attn_mask=added))


def bias(operator: WKVOperator) -> Tensor:
    """Return what the exponents of the weights have beside the keys, `[D, T, T]`."""
    time = torch.arange(POSITIONS, dtype=torch.float64)
    between = time[:, None] - 1 - time  # positions between a position and an earlier one
    earlier = (-between * operator.log_decay.exp()[:, None, None]).where(between >= 0, -torch.inf)
    return torch.where(between == -1, operator.bonus[:, None, None], earlier)
