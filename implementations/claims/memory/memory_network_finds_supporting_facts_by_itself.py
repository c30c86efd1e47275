"""Experiment: an end-to-end memory network learns answers that need two sentences, and its attention is measured.

Source: Sukhbaatar et al. 2015, sec. 2.2 and 4 (sukhbaatar2015end).

Training does not show which sentences support an answer. A question asks where a thing is; one sentence says who took
it, and another where that person went.

Measures:
    accuracy: share of right answers with two hops.
    first_in_first_hop, second_in_first_hop: weights of the first and of the second supporting sentence in the first
        hop, on average.
    first_in_second_hop, second_in_second_hop: the same in the second hop.
    untrained: weight of the first in the first hop before training; there are six sentences.
    one_hop_accuracy: share of right answers of a network with one hop, trained as long.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.memory.end_to_end_memory_network import EndToEndMemoryNetwork
from implementations.concepts.task.supporting_facts import VOCABULARY, SupportingFacts
from kb.training import fit


def run(seed: int) -> dict[str, float]:
    """Train with two hops, and with one.

    Args:
        seed: Seed of weights and stories.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        two, one = (
            EndToEndMemoryNetwork(vocabulary=VOCABULARY, width=20, hops=hops, tying="layer-wise") for hops in (2, 1)
        )
    untrained = _attention(two, SupportingFacts(generator=torch.Generator().manual_seed(seed)))[0][0]
    task, accuracy = _trained(two, seed)
    first, second = _attention(two, task)
    return {
        "accuracy": accuracy,
        "first_in_first_hop": first[0],
        "second_in_first_hop": first[1],
        "first_in_second_hop": second[0],
        "second_in_second_hop": second[1],
        "untrained": untrained,
        "one_hop_accuracy": _trained(one, seed)[1],
    }


def _trained(net: nn.Module, seed: int) -> tuple[SupportingFacts, float]:
    """Train on answers alone, and return the task and the share of right answers on stories set aside."""
    task = SupportingFacts(generator=torch.Generator().manual_seed(seed), facts=2)
    fit(net, task)
    inputs, target = task.test()
    with torch.no_grad():
        return task, task.score(net(**inputs), target)


def _attention(net: EndToEndMemoryNetwork, task: SupportingFacts) -> list[list[float]]:
    """Return, for every hop, the mean weights of the first and of the second supporting sentence."""
    weights: list[Tensor] = []

    def record(hop: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        u, m, _ = inputs
        weights.append(torch.einsum("bd,bmd->bm", u, m).softmax(1))

    handle = net.hop.register_forward_hook(record)
    inputs, target = task.test()
    with torch.no_grad():
        net(**inputs)
    handle.remove()
    return [p.gather(1, target[:, 1:]).mean(0).tolist() for p in weights]
