"""What an implementation draws comes from the generator that it is given, and from nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from bundled import BASE
from torch import Tensor, nn

from kb.running.course import objective
from kb.schema import Architecture
from kb.verify.preparing import example_inputs, prepare, seeded

Draw = Callable[[torch.Generator], Tensor]


def draws(entry: Architecture) -> dict[str, Draw]:
    """The methods of an architecture that take a generator: objectives, on a batch of its task, samples and chains."""
    place = entry.task.variant if entry.task else "default"
    torch.default_generator.manual_seed(0)
    module: nn.Module = prepare(entry.build(place), seeded(1)).float()
    found: dict[str, Draw] = {}
    if entry.task and (entry.procedure or entry.objectives):
        task = BASE.concepts[entry.task.concept].load()(generator=seeded(2), **entry.task.arguments)
        inputs, target = task.batch()
        few = {name: value[:8] for name, value in inputs.items()}
        names = {update.objective for update in entry.procedure.updates} if entry.procedure else set()
        for name in sorted(names | {one.method for one in entry.objectives} - {"task"}):
            if hasattr(module, name):
                found[name] = lambda generator, name=name: objective(module, name, few, target[:8], generator)
    if hasattr(module, "sample"):
        found["sample"] = lambda generator: module.sample(5, generator)
    if hasattr(module, "gibbs"):
        found["gibbs"] = lambda generator: module.gibbs(example_inputs(module, seeded(3))["x"], generator)
    return found


@pytest.mark.parametrize("entry_id", [entry.id for entry in BASE.architectures.values()])
def test_draws_follow_from_the_generator(entry_id: str) -> None:
    for name, draw in draws(BASE.architectures[entry_id]).items():
        results = []
        for seed in (1, 2):
            torch.default_generator.manual_seed(seed)
            results.append(draw(seeded(4)).detach())
        assert torch.equal(*results), name
        if name in ("sample", "gibbs"):
            assert not torch.equal(results[0], draw(seeded(5))), name
