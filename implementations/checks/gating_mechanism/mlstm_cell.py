"""Exact checks of the mLSTM cell."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.mlstm_cell import Memory, MLSTMCell

BATCH, STEPS, WIDTH = 2, 9, 4


def drawn(generator: torch.Generator) -> dict[str, Tensor]:
    """Return what a cell gets of a sequence; gates are wide open and closed in turn."""
    shapes = dict.fromkeys("qkv", (BATCH, STEPS, WIDTH)) | {"i": (BATCH, STEPS), "f": (BATCH, STEPS)}
    inputs = {name: torch.randn(*shape, generator=generator, dtype=torch.float64) for name, shape in shapes.items()}
    return inputs | {name: 3 * inputs[name] for name in "if"}


def started(inputs: dict[str, Tensor]) -> Memory:
    """Return what a cell reads and keeps with nothing before."""
    nothing = inputs["i"].new_zeros(BATCH, WIDTH, WIDTH)
    return MLSTMCell()(**inputs, c=nothing, n=nothing[:, 0], m=nothing[:, 0, 0] - torch.inf)


def in_parallel(inputs: dict[str, Tensor]) -> Tensor:
    """Return what is read by eq. 71 to 77, all steps at once with a matrix of gates."""
    sums = torch.nn.functional.logsigmoid(inputs["f"]).cumsum(1)
    logs = sums[:, :, None] - sums[:, None] + inputs["i"][:, None]  # [B, T, T]
    logs = logs.masked_fill(torch.ones(STEPS, STEPS).triu(1).bool(), -torch.inf)
    largest = logs.amax(2, keepdim=True)
    weights = inputs["q"] @ inputs["k"].mT * (logs - largest).exp()
    return weights @ inputs["v"] / torch.maximum(weights.sum(2, keepdim=True).abs(), (-largest).exp())


def parallel_form(generator: torch.Generator) -> float:
    """Return the difference between the recurrence and the parallel form, both with their stabilisers."""
    inputs = drawn(generator)
    return difference(started(inputs).y, in_parallel(inputs))


def without_stabiliser(generator: torch.Generator) -> float:
    """Return the difference from eq. 19 to 21 as they stand, in what is read and in what is kept."""
    inputs = drawn(generator)
    c, n, read = torch.zeros(BATCH, WIDTH, WIDTH).double(), torch.zeros(BATCH, WIDTH).double(), []
    for t in range(STEPS):
        q, k, v, i, f = (inputs[name][:, t] for name in "qkvif")
        keep, write = f.sigmoid()[:, None], i.exp()[:, None]
        c = keep[..., None] * c + write[..., None] * torch.einsum("bd,be->bde", v, k)
        n = keep * n + write * k
        read.append(torch.einsum("bde,be->bd", c, q) / (n * q).sum(1, keepdim=True).abs().clamp(min=1))
    found = started(inputs)
    scale = found.m.exp()[:, None]
    kept = max(difference(scale[..., None] * found.c, c), difference(scale * found.n, n))
    return max(difference(found.y, torch.stack(read, 1)), kept)


def large_gates_do_not_overflow(generator: torch.Generator) -> float:
    """Return the difference between gates of e^1000 times the others and the limit, in which no bound is left."""
    inputs = drawn(generator)
    found = started(inputs | {"i": inputs["i"] + 1000}).y
    c = in_parallel(inputs | {"i": inputs["i"] + 100})  # a bound of one is too small to matter here too
    return difference(found, c)
