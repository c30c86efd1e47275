"""Exact checks of the queue of keys."""

import torch

from implementations.claims.agreement import difference
from implementations.claims.precision import double_precision
from implementations.concepts.memory_mechanism.key_queue import KeyQueue

BATCHES = (2, 3, 1, 7, 5, 12, 4)


def is_a_list_from_whose_front_keys_are_taken(generator: torch.Generator) -> float:
    """Return the largest difference between the keys, the oldest first, and a list, after each of some batches."""
    queue, differences = KeyQueue(size=5).double(), []
    expected = list(queue.keys.clone())
    for count in BATCHES:
        new = torch.randn(count, 3, generator=generator, dtype=torch.float64)
        queue.push(new)
        for key in new:
            expected.pop(0)
            expected.append(key)
        differences.append(difference(queue.keys.roll(-int(queue.oldest), 0), torch.stack(expected)))
    return max(differences)


def gradient_is_that_of_the_keys_before(generator: torch.Generator) -> float:
    """Return the difference between a gradient taken after a batch came, and the keys from before."""
    queue = KeyQueue(size=5).double()
    before = queue.keys.clone()
    q = torch.randn(2, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    slopes = torch.randn(2, 5, generator=generator, dtype=torch.float64)
    total = (slopes * queue(q)).sum()
    queue.push(torch.randn(3, 3, generator=generator, dtype=torch.float64))
    return difference(torch.autograd.grad(total, q)[0], slopes @ before)


def first_keys_have_length_one(generator: torch.Generator) -> float:
    """Return the difference between one and the lengths of keys before any batch came."""
    torch.manual_seed(int(torch.randint(0, 1000, (), generator=generator)))
    with double_precision():
        lengths = KeyQueue(size=5).keys.norm(dim=1)
    return difference(lengths, torch.ones_like(lengths))
