"""Exact checks of the Decision Transformer."""

import torch

from implementations.architectures.decision.decision_transformer import DecisionTransformer
from implementations.claims.agreement import difference

STEP = 3


def own_action_is_not_seen(generator: torch.Generator) -> float:
    """Return how much predictions up to a step change with its action and all that comes later."""
    net, inputs = _prepared(generator)
    changed = {name: value.clone() for name, value in inputs.items()}
    for name, first in (("returns", STEP + 1), ("states", STEP + 1), ("actions", STEP)):
        later = changed[name][:, first:]
        later.copy_(torch.randn(later.shape, generator=generator, dtype=torch.float64))
    return difference(net(**changed)[:, : STEP + 1], net(**inputs)[:, : STEP + 1])


def last_token_alone(generator: torch.Generator) -> float:
    """Return the difference to the last prediction, by attention sums of the last state's token alone."""
    net, inputs = _prepared(generator, layers=1, heads=1)
    returns, states, actions = inputs.values()
    tokens = []
    for step in range(returns.shape[1]):
        time = net.code.weight[step]
        tokens.append(returns[:, step, None] * net.embed_return.weight[:, 0] + net.embed_return.bias + time)
        tokens.append(states[:, step] @ net.embed_state.weight.T + net.embed_state.bias + time)
        tokens.append(actions[:, step] @ net.embed_action.weight.T + net.embed_action.bias + time)
    h = torch.stack([net.token_norm(token) for token in tokens[:-1]], 1)  # the last action comes after the last state
    block, last = net.blocks[0], h[:, -1]
    normed = block.attention_norm(h)
    query, key = block.attention.query(normed[:, -1]), block.attention.key(normed)
    scores = (key @ query[:, :, None])[:, :, 0] / query.shape[1] ** 0.5  # [B, S]
    mixed = (scores.softmax(1)[:, None] @ block.attention.value(normed))[:, 0]
    last = last + block.attention.output(mixed)
    last = last + block.perceptron(block.perceptron_norm(last))
    return difference(net(**inputs)[:, -1], net.readout(net.norm(last)))


def _prepared(generator: torch.Generator, **arguments: int) -> tuple[DecisionTransformer, dict[str, torch.Tensor]]:
    """Return a network with random weights, and episodes."""
    net = DecisionTransformer(**arguments).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
    return net, {name: value.double() for name, value in net.example_inputs(generator).items()}
