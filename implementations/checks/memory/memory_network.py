"""Exact checks of the memory network."""

from itertools import product

import torch
from torch import Tensor

from implementations.architectures.memory.memory_network import MemoryNetwork
from implementations.claims.agreement import difference
from implementations.concepts.memory_mechanism.memory_hop import MemoryHop
from implementations.concepts.task.supporting_facts import VOCABULARY, SupportingFacts


def best_of_all_pairs(generator: torch.Generator) -> float:
    """Return the difference of all scores from those of the best pair of memories, found among all pairs.

    The features are written out, 3 V of them, and so is the product of the matrix with its transpose. A pair is better
    if its first memory has a higher score, or, with the same first memory, if its second has.
    """
    net = MemoryNetwork(vocabulary=7, width=5).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=4, M=6).items()}
    errors = []
    for story, question in zip(inputs["story"], inputs["question"], strict=True):
        none = torch.zeros_like(question)

        def find(found: Tensor, i: int, story: Tensor = story, question: Tensor = question) -> Tensor:
            return _score(net.output.weight, question, found, story[i])

        pairs = product(range(6), repeat=2)
        first, second = max(pairs, key=lambda pair: (float(find(none, pair[0])), float(find(story[pair[0]], pair[1]))))
        both = story[first] + story[second]
        answers = torch.stack([_score(net.response.weight, question, both, w) for w in torch.eye(7).double()])
        scores = torch.stack([torch.stack([find(found, i) for i in range(6)]) for found in (none, story[first])])
        output = net(story[None], question[None])
        errors += [difference(output.y[0], answers), difference(output.s[0], scores)]
    return max(errors)


def ranking_loss_by_sums(generator: torch.Generator) -> float:
    """Return the difference of the loss on the task from three sums over all wrong choices."""
    task = SupportingFacts(generator=generator, layout="bags", batch_size=5)
    net = MemoryNetwork(vocabulary=VOCABULARY).double()
    inputs, target = task.batch()
    inputs = {name: value.double() if value.is_floating_point() else value for name, value in inputs.items()}
    total = 0.0
    for story, question, right in zip(inputs["story"], inputs["question"], target.tolist(), strict=True):
        answer, *support = right
        found = torch.zeros_like(question)
        for best in support:  # eq. 6, then eq. 7
            scores = [float(_score(net.output.weight, question, found, m)) for m in story]
            total += sum(max(0.0, 0.1 - scores[best] + s) for i, s in enumerate(scores) if i != best)
            found = found + story[best]
        words = torch.eye(VOCABULARY, dtype=story.dtype)
        scores = [float(_score(net.response.weight, question, found, w)) for w in words]  # eq. 8
        total += sum(max(0.0, 0.1 - scores[answer] + s) for i, s in enumerate(scores) if i != answer)
    return difference(task.loss(net(**inputs), target)[None], torch.tensor([total / 5], dtype=torch.float64))


def soft_hop_becomes_hard(generator: torch.Generator) -> float:
    """Return the difference between the result of a soft hop at a low temperature and the memory chosen first."""
    net = MemoryNetwork().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator).items()}
    story, question = inputs["story"], inputs["question"]
    question_map, _, candidate_map = net.output.weight.split(10, 1)
    found, temperature = story @ candidate_map.T, 1e-7
    u, none = question @ question_map.T, torch.zeros_like(story[:, 0])
    chosen = net.output(question, none, story).argmax(1)
    read = MemoryHop(width=6)(u, found / temperature, found) - u
    return difference(read, found[torch.arange(len(found)), chosen])


def _score(weight: Tensor, question: Tensor, found: Tensor, candidate: Tensor) -> Tensor:
    """Return Phi_x^T U^T U Phi_y, with the features in full."""
    none = torch.zeros_like(question)
    left, right = torch.cat([question, found, none]), torch.cat([none, none, candidate])
    return left @ weight.detach().T @ weight.detach() @ right
