"""Experiment: an end-to-end memory network whose scores are multiplied by a growing number, against hard choices.

Source: Sukhbaatar et al. 2015, sec. 2.2 (sukhbaatar2015end); Weston, Chopra & Bordes 2015, eq. 2-5 (weston2014memory).

Measures:
    factors, differences: the number, and the difference of the answers' scores.
    agreement_error: the difference at the largest number.
    soft_difference: the difference at one, where all sentences have weights.
    other_response_difference: at the largest, where the hard network has another embedding for its answer.
"""

import torch

from implementations.architectures.memory.end_to_end_memory_network import EndToEndMemoryNetwork
from implementations.architectures.memory.memory_network import MemoryNetwork
from implementations.claims.agreement import difference

FACTORS = [1.0, 10.0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7]


def run(seed: int) -> dict[str, float | list[float]]:
    """Give both networks the same weights, and compare their answers to random questions.

    Args:
        seed: Seed of weights and sentences.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        hard = MemoryNetwork(vocabulary=8, width=5).double()
    story, question = hard.example_inputs(generator, B=6).values()
    story, question = story.double(), question.double()
    other = hard(story, question).y
    hard.response.load_state_dict(hard.output.state_dict())
    expected = hard(story, question).y
    differences = [
        difference(softened(hard, factor)(story[:, :, None], question[:, None]), expected) for factor in FACTORS
    ]
    largest = softened(hard, FACTORS[-1])(story[:, :, None], question[:, None])
    return {
        "factors": FACTORS,
        "differences": differences,
        "agreement_error": differences[-1],
        "soft_difference": differences[0],
        "other_response_difference": difference(largest, other),
    }


def softened(hard: MemoryNetwork, factor: float) -> EndToEndMemoryNetwork:
    """Return the network of soft hops with the same embeddings, with those of keys multiplied by a factor."""
    question_map, found_map, candidate_map = hard.output.weight.detach().split(hard.vocabulary, 1)
    width, vocabulary = question_map.shape
    soft = EndToEndMemoryNetwork(
        vocabulary=vocabulary, width=width, hops=hard.hops, tying="layer-wise", position_code=False, memories=0
    ).double()
    weights = {
        "words.0": factor * candidate_map,  # A: keys of sentences
        "words.1": found_map,  # C: values of sentences
        "own.question": question_map,
        "own.answer": candidate_map,
        "hop.skip.weight": torch.eye(width),
    }
    soft.load_state_dict(weights)
    return soft
