"""Exact checks of the linear Transformer."""

import torch

from implementations.architectures.attention.linear_transformer import LinearTransformer
from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.linear_attention import LinearAttention


def step_by_step(generator: torch.Generator) -> float:
    """Return the difference between all positions at once and one after the other, with the sums passed on."""
    net = LinearTransformer().double()
    x = torch.randn(2, 9, 3, generator=generator, dtype=torch.float64)
    at_once, h, outputs = net(x), None, []
    for position in range(9):
        y, h = net(x[:, position : position + 1], h)
        outputs.append(y)
    return max(difference(torch.cat(outputs, 1), at_once.y), difference(h, at_once.h))


def attention_is_a_masked_matrix(generator: torch.Generator) -> float:
    """Return the difference between a layer's attention and its form with a weight for every pair of positions."""
    net = LinearTransformer().double()
    layer = net.layers[0]
    x = torch.randn(2, 9, 4, generator=generator, dtype=torch.float64)
    found, _ = layer.attend(x, x.new_zeros(2, 4, 5))
    return difference(found, LinearAttention()(*layer.queries_keys_values(x).chunk(3, -1)))


def written_out(generator: torch.Generator) -> float:
    """Return the difference from eq. 9, a sum over the pairs of positions, in a layer with its other half."""
    net = LinearTransformer(layers=1).double()
    x = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    layer, embedded = net.layers[0], net.embedding(x)
    q, k, v = layer.queries_keys_values(embedded).chunk(3, -1)

    def phi(value: torch.Tensor) -> torch.Tensor:
        return torch.where(value > 0, value + 1, value.exp())

    attended = []
    for t in range(7):
        weights = torch.stack([phi(q[t]) @ phi(k[s]) for s in range(t + 1)])
        attended.append(weights @ v[: t + 1] / weights.sum())
    middle = layer.attention_norm(embedded + layer.output(torch.stack(attended)))
    widened = layer.feed_forward.widen(middle).clamp(min=0)
    last = layer.feed_forward_norm(middle + layer.feed_forward.narrow(widened))
    return difference(net(x[None]).y[0], net.read_out(last))
