"""Exact checks of the temporal link matrix."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.memory_mechanism.temporal_link_matrix import Links, TemporalLinkMatrix


def pair_by_pair(generator: torch.Generator) -> float:
    """Return the difference after four soft writes from links that are updated in a loop over pairs of rows."""
    writes = (torch.rand(4, 5, generator=generator, dtype=torch.float64)).softmax(1) * 0.8
    found = _after(writes)
    link, precedence = torch.zeros(5, 5, dtype=torch.float64), torch.zeros(5, dtype=torch.float64)
    for w in writes:
        before = link.clone()
        for i in range(5):
            for j in range(5):
                if i != j:
                    link[i, j] = (1 - w[i] - w[j]) * before[i, j] + w[i] * precedence[j]
        precedence = (1 - w.sum()) * precedence + w
    return max(difference(found.link[0], link), difference(found.precedence[0], precedence))


def order_is_replayed(generator: torch.Generator) -> float:
    """Return the difference between the rows found along the links and those written, forward and then backward.

    Rows are written in a random order, the first of them a second time at the end, with steps without a write between.
    """
    rows = torch.eye(7, dtype=torch.float64)
    first, *others = torch.randperm(7, generator=generator).tolist()
    order = [*others, first]  # what is left of the order once the first row has been written again
    pauses = [torch.zeros_like(rows[0])] * 2
    links = _after([each for row in (first, *order) for each in (rows[row], *pauses)])
    errors = []
    for direction, path in enumerate((order, order[::-1])):
        read = rows[path[0]][None, None]
        for row in path[1:]:
            read = TemporalLinkMatrix().follow(links.link, read)[direction]
            errors.append(difference(read[0, 0], rows[row]))
        errors.append(float(TemporalLinkMatrix().follow(links.link, read)[direction].abs().max()))  # nothing follows
    return max(errors)


def links_are_weights(generator: torch.Generator) -> float:
    """Return by how much a row or column exceeds a sum of one, or a link is negative, after twenty writes."""
    writes = (4 * torch.randn(20, 6, generator=generator, dtype=torch.float64)).softmax(1)
    link = _after(writes * torch.rand(20, 1, generator=generator, dtype=torch.float64)).link[0]
    excess = torch.cat([link.sum(0) - 1, link.sum(1) - 1, -link.flatten(), link.diagonal().abs()])
    return float(excess.clamp_min(0).max())


def _after(writes: Tensor | list[Tensor]) -> Links:
    """Return links and precedence after writes in a batch of one, from none."""
    rows = writes[0].shape[0]
    links = Links(writes[0].new_zeros(1, rows, rows), writes[0].new_zeros(1, rows))
    for weights in writes:
        links = TemporalLinkMatrix()(*links, weights[None])
    return links
