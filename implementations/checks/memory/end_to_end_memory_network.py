"""Exact checks of the end-to-end memory network."""

import torch

from implementations.architectures.memory.end_to_end_memory_network import EndToEndMemoryNetwork
from implementations.claims.agreement import difference
from implementations.concepts.activation.softmax import Softmax


def layer_wise_by_hand(generator: torch.Generator) -> float:
    """Return the difference between a layer-wise tied network and its equations, word by word and memory by memory."""
    net = EndToEndMemoryNetwork(tying="layer-wise", hops=2).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=1).items()}
    a, c = (words.detach() for words in net.words)
    b, w = net.own["question"].detach(), net.own["answer"].detach()
    story, question = inputs["story"][0], inputs["question"][0]

    def sentence(matrix: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        total, count, width = torch.zeros(len(matrix), dtype=matrix.dtype), len(text), len(matrix)
        for j, word in enumerate(text, 1):
            for k in range(1, width + 1):
                total[k - 1] += ((1 - j / count) - k / width * (1 - 2 * j / count)) * (matrix[k - 1] @ word)
        return total

    u = sentence(b, question)
    last = len(story) - 1
    for _ in range(2):
        stored = [sentence(a, text) + net.ages[0].weight.detach()[last - i] for i, text in enumerate(story)]
        shown = [sentence(c, text) + net.ages[1].weight.detach()[last - i] for i, text in enumerate(story)]
        weights = Softmax()(torch.stack([u @ m for m in stored])[None])[0]
        u = net.hop.skip.weight.detach() @ u + sum(p * value for p, value in zip(weights, shown, strict=True))
    return difference(net(**inputs)[0].detach(), w.T @ u)


def equal_memories_are_one(generator: torch.Generator) -> float:
    """Return the change of the answer when the only sentence of a story is repeated, without codes of age."""
    net = EndToEndMemoryNetwork(memories=0).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, M=3).items()}
    once = inputs["story"][:, 2:]
    return difference(net(once.expand(-1, 7, -1, -1), inputs["question"]), net(once, inputs["question"]))
