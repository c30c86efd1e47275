"""What `kb run --train` trains on: drawn from its seed, apart from what is tested, scored in the right direction."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import torch
from bundled import BASE
from torch import Tensor, nn

from implementations.concepts.task import molecules
from kb.running import CLEAR_MARGIN
from kb.schema import Architecture, Concept

GIVEN = {"karate-club"}
"""The whole data are given to batch and test alike; loss and score look at different members."""
FEW = {
    "bars-and-stripes",
    "copying",
    "copying-memory",
    "grid-walks",
    "grid-world",
    "neighbouring-words",
    "sequence-reversal",
    "supporting-facts",
}
"""So few examples exist, or so short ones, that a drawn one may be among those set aside."""
STEPS = 150
molecules.MOLECULES, molecules.TEST_MOLECULES = 96, 64  # as many as are needed to tell: each takes milliseconds to draw


def user_of(task: Concept) -> Architecture:
    """The first architecture that is trained on a task."""
    return next(entry for entry in BASE.architectures.values() if entry.task and entry.task.concept == task.id)


def make(task: Concept, seed: int = 0) -> Any:
    arguments = user_of(task).task.arguments
    return task.load()(generator=torch.Generator().manual_seed(seed), **arguments)


@cache
def made_once(entry_id: str) -> Any:
    """One for all tests that do not ask what a seed gives: some take seconds to be made."""
    return make(BASE.concepts[entry_id])


def module_for(task: Concept) -> nn.Module:
    entry = user_of(task)
    torch.default_generator.manual_seed(0)
    return entry.build(entry.task.variant).eval()


def same(first: tuple[dict[str, Tensor], Tensor], second: tuple[dict[str, Tensor], Tensor]) -> bool:
    inputs = all(torch.equal(value, second[0][name]) for name, value in first[0].items())
    return inputs and torch.equal(first[1], second[1])


def test_a_task_follows_from_its_seed(task: Concept) -> None:
    first, again, other = make(task), make(task), make(task, seed=1)
    assert same(first.test(), again.test())
    assert same(first.batch(), again.batch())
    assert same(first.test(), again.test()), "what is set aside stays"
    if task.id not in GIVEN:
        assert not same(first.batch(), first.batch()), "batches differ from each other"
        assert not same(again.batch(), other.batch()), "and from those of another seed"


def test_inputs_are_what_the_module_takes(task: Concept) -> None:
    entry, made = user_of(task), made_once(task.id)
    taken = set(entry.signature_of(entry.task.variant).inputs)
    for inputs, target in (made.batch(), made.test()):
        assert set(inputs) <= taken
        for value in [*inputs.values(), target]:
            assert value.dtype in (torch.float32, torch.int64, torch.bool)
            assert value.isfinite().all()


def test_what_is_tested_is_not_trained_on(task: Concept) -> None:
    if task.id in GIVEN | FEW:
        pytest.skip("there are too few examples for that, or they are given")
    made = made_once(task.id)
    seen = {example for _ in range(20) for example in _examples(made.batch())}
    assert not seen & set(_examples(made.test()))


def _examples(drawn: tuple[dict[str, Tensor], Tensor]) -> list[bytes]:
    """The examples of a batch, each as bytes: those tensors that have one row for each target; a graph is whole."""
    inputs, target = drawn
    rows = [value for value in inputs.values() if value.shape[:1] == target.shape[:1] and "edge_index" not in inputs]
    whole = rows or list(inputs.values())
    count = len(target) if rows else 1
    return [b"".join((value[n] if rows else value).numpy().tobytes() for value in whole) for n in range(count)]


def test_a_better_answer_scores_better(task: Concept) -> None:
    """Answers are moved down the loss directly: then the score beats the baseline, and a module without training."""
    if task.id in GIVEN:
        pytest.skip("the loss looks at other members than the score")
    made, module = made_once(task.id), module_for(task)
    if getattr(made, "judges", "outputs") != "outputs":
        pytest.skip("it judges no outputs: see the two tests below")
    inputs, target = made.test()
    with torch.no_grad():
        given = module(**inputs)
    untrained, baseline = made.score(given, target), made.baseline()
    answers = [value.clone() for value in ([given] if isinstance(given, Tensor) else given)]
    free = [value.requires_grad_() for value in answers if value.is_floating_point()]
    optimiser = torch.optim.Adam(free, lr=0.1)
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss = made.loss(answers[0] if isinstance(given, Tensor) else type(given)(*answers), target)
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        best = made.score(answers[0] if isinstance(given, Tensor) else type(given)(*answers), target)
    sign = 1 if made.higher_is_better else -1
    assert sign * (best - baseline) > CLEAR_MARGIN * abs(baseline), (best, baseline)
    assert sign * (best - untrained) > 0, (best, untrained)


def test_samples_of_the_data_score_better_than_the_baseline(task: Concept) -> None:
    made = made_once(task.id)
    if getattr(made, "judges", "outputs") != "samples":
        pytest.skip("it judges no samples")
    drawn = torch.cat([made.batch()[1] for _ in range(12)])[: made.count]
    score, baseline = made.score(drawn, made.test()[1]), made.baseline()
    sign = 1 if made.higher_is_better else -1
    assert sign * (score - baseline) > CLEAR_MARGIN * abs(baseline), (score, baseline)
    assert sign * (score - made.score(torch.zeros_like(drawn), made.test()[1])) > 0


def test_a_task_judged_by_an_objective_names_one_that_its_users_have(task: Concept) -> None:
    users = [entry for entry in BASE.architectures.values() if entry.task and entry.task.concept == task.id]
    if getattr(task.load(), "judges", "outputs") == "objective":
        for entry in users:
            assert task.load().metric in [objective.of for objective in entry.objectives], entry.id
