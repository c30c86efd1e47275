"""Exact checks of the Switch Transformer: the load-balancing loss, and experts without places."""

import torch
from torch import nn

from implementations.architectures.attention.switch_transformer import SwitchTransformer
from implementations.claims.agreement import difference


@torch.no_grad()
def balance_by_counting(generator: torch.Generator) -> float:
    """Return the largest difference of the loss from counting, word by word, which expert has the highest score.

    Blocks are run by hand as far as the routers: of the first, both in the encoder and in the decoder.
    """
    errors = []
    for across_batch in (True, False):
        net = SwitchTransformer(layers=1, every=1, experts=3, across_batch=across_batch).double()
        for module in net.modules():
            if isinstance(module, nn.Linear):
                module.weight.mul_(3)  # so that probabilities differ
        given = {name: value.double() for name, value in net.example_inputs(generator, B=3).items()}
        source = net.encoder(net.embedding(given["source"]))
        found = torch.zeros(3, dtype=torch.float64)
        for stack, name, attended in ((net.encoder, "source", None), (net.decoder, "x", source)):
            block, words = stack.blocks[0], net.embedding(given[name])
            length = words.shape[1]
            masked = torch.ones(length, length, dtype=torch.bool).triu(1) & stack.bias.causal
            bias = stack.bias(words.new_zeros(1, 1, length, length).masked_fill(masked, -torch.inf))
            normed = block.self_norm(words)
            h = words + block.self_attention(normed, normed, bias)
            if attended is not None:
                h = h + block.cross_attention(block.cross_norm(h), attended)
            scores = block.perceptron.router(block.perceptron_norm(h))
            groups = [range(3)] * 3 if across_batch else [[0], [1], [2]]
            for example, group in enumerate(groups):
                counts, weights = [0, 0, 0], torch.zeros(3, dtype=torch.float64)
                for word in (word for member in group for word in scores[member]):
                    counts[word.argmax()] += 1
                    weights += word.exp() / word.exp().sum()
                total = sum(counts)
                found[example] += 3 * (torch.tensor(counts, dtype=torch.float64) / total) @ (weights / total)
        errors.append(difference(net.balance(generator=generator, **given), found))
    return max(errors)


@torch.no_grad()
def without_places_words_pass(generator: torch.Generator) -> float:
    """Return the difference of experts without places from a network whose blocks have no perceptron in their place."""
    net = SwitchTransformer(capacity=0).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator).items()}
    found = net(**inputs)
    for stack in (net.encoder, net.decoder):
        stack.blocks[1].perceptron = Nothing()
    return difference(found, net(**inputs))


class Nothing(nn.Module):
    """A perceptron that is not there."""

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        """Return zeros."""
        return torch.zeros_like(h)
