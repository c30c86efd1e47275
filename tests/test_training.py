"""The loop of training: alternating updates, schedules, averages, and objectives that a network has of its own."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from bundled import BASE
from torch import Tensor, nn

from kb.running import caption, train
from kb.running.course import Course, objective
from kb.running.devices import Moved, named
from kb.running.randomness import Randomness
from kb.schema.training import Procedure, Schedule, Update
from kb.training import CLIP, Descent, descend, fit, run


class Two(nn.Module):
    """Two numbers, each with an objective of its own, and one that has to do with what is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.first(x) + self.second(x)

    def towards_one(self, *, generator: torch.Generator, x: Tensor) -> Tensor:
        assert self.training
        return (self.first.weight - 1).square().flatten() * torch.ones(len(x))

    def towards_two(self, *, generator: torch.Generator, x: Tensor) -> Tensor:
        return (self.second.weight - 2).square().flatten() + torch.rand(len(x), generator=generator)

    def towards_target(self, *, generator: torch.Generator, target: Tensor, x: Tensor) -> Tensor:
        return (self(x) - target).square().flatten()


class Line:
    """Learn that everything is three times the input."""

    steps, learning_rate = 60, 0.05

    def __init__(self) -> None:
        self.batches = 0

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        self.batches += 1
        return {"x": torch.ones(4, 1)}, torch.full((4, 1), 3.0)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        return (output - target).square().mean()


def followed(*updates: dict[str, Any], seed: int = 0, **procedure: Any) -> tuple[Two, Line, dict[str, list[float]]]:
    task, randomness = Line(), Randomness(seed, torch.device("cpu"))
    torch.default_generator.manual_seed(0)
    course = Course(Procedure(updates=[Update(**update) for update in updates], **procedure), Two(), task, randomness)
    assert len(list(course.run())) == Line.steps
    return course.trained, task, course.losses


def test_updates_take_turns_and_change_only_their_networks() -> None:
    module, task, losses = followed(
        {"objective": "towards_one", "networks": ["first"]},
        {"objective": "towards_two", "networks": ["second"], "times": 3, "arguments": {"lr": 0.1}},
    )
    assert module.first.weight.item() == pytest.approx(1, abs=0.1)
    assert module.second.weight.item() == pytest.approx(2, abs=0.1)
    assert task.batches == Line.steps * 4, "one batch for the first, three for the second"
    assert {name: len(found) for name, found in losses.items()} == {"towards_one": 60, "towards_two": 60}


def test_a_network_that_no_update_names_stays_as_it_was() -> None:
    torch.default_generator.manual_seed(0)
    before = Two().second.weight.item()
    assert followed({"objective": "towards_one", "networks": ["first"]})[0].second.weight.item() == before


def test_what_is_drawn_follows_from_the_seed() -> None:
    runs = [followed({"objective": "towards_two"}, seed=seed)[2]["towards_two"] for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_an_objective_gets_the_target_where_it_takes_it() -> None:
    module = followed({"objective": "towards_target"})[0]
    assert module(torch.ones(1, 1)).item() == pytest.approx(3, abs=0.1)
    values = objective(module, "towards_target", {"x": torch.ones(4, 1)}, torch.zeros(4, 1), torch.Generator())
    assert values.shape == (4,)


def test_auxiliary_losses_are_added_with_their_weights() -> None:
    plain, both = ({"objective": "towards_one"}, {"objective": "towards_one", "auxiliary": {"towards_target": 0.5}})
    torch.default_generator.manual_seed(0)
    module = Two()
    extra = 0.5 * (module(torch.ones(1, 1)) - 3).square().item()
    assert followed(both)[2]["towards_one"][0] == pytest.approx(followed(plain)[2]["towards_one"][0] + extra)


def rates(schedule: Schedule) -> list[float]:
    """The size of every step of plain gradient descent on a slope of one: the learning rate."""

    class Slope(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(()))

        def slope(self, *, generator: torch.Generator, x: Tensor) -> Tensor:
            return self.weight.expand(len(x))

    procedure = Procedure(
        updates=[Update(objective="slope", optimiser="sgd", arguments={"lr": 1.0})], schedule=schedule
    )
    course = Course(procedure, Slope(), Line(), Randomness(0, torch.device("cpu")))
    assert len(list(course.run())) == Line.steps
    losses = course.losses["slope"]
    return [before - after for before, after in pairwise(losses)]


def test_learning_rates_rise_and_fall_as_declared() -> None:
    rising = rates(Schedule(warm_up=10))
    assert rising[:10] == pytest.approx([0.1 + 0.09 * step for step in range(10)], abs=1e-5)
    assert rising[10:] == pytest.approx([1.0] * 49, abs=1e-5)
    falling = rates(Schedule(decay="linear"))
    assert falling == pytest.approx([1 - step / 60 for step in range(59)], abs=1e-4)
    cosine = rates(Schedule(warm_up=20, decay="cosine"))
    assert cosine[20 + 10] == pytest.approx((1 + math.cos(math.pi * 10 / 40)) / 2, abs=1e-3)


def test_averaged_weights_are_what_is_scored() -> None:
    plain, _, losses = followed({"objective": "towards_one"})
    averaged = followed({"objective": "towards_one"}, average=0.9)[0]
    weights = [1 - math.sqrt(loss) if loss < 4 else None for loss in losses["towards_one"]]
    assert None not in weights
    assert plain.first.weight.item() != averaged.first.weight.item()
    assert abs(averaged.first.weight.item() - 1) < abs(weights[0] - 1), "nearer than the beginning"


def test_buffers_are_averaged_as_weights_are() -> None:
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight, self.steps = nn.Parameter(torch.zeros(())), nn.Buffer(torch.zeros(()))

        def counted(self, *, generator: torch.Generator, x: Tensor) -> Tensor:
            self.steps += 1
            return self.weight.expand(len(x))

    procedure = Procedure(updates=[Update(objective="counted")], average=0.5)
    course = Course(procedure, Counting(), Line(), Randomness(0, torch.device("cpu")), steps=3)
    list(course.run())
    assert (course.module.steps, course.trained.steps) == (3, 0.25 * 1 + 0.25 * 2 + 0.5 * 3)


def test_a_task_whose_batches_are_moved_is_the_same_in_all_else() -> None:
    class Halves(Line):
        def loss(self, output: Tensor, target: Tensor) -> Tensor:
            return output - target / 2

    moved = Moved(Halves(), torch.device("meta"))
    assert (moved.steps, moved.learning_rate) == (Line.steps, Line.learning_rate)
    inputs, target = moved.batch()
    assert {name: value.device.type for name, value in inputs.items()} == {"x": "meta"}
    assert (inputs["x"].shape, target.shape, target.device.type) == ((4, 1), (4, 1), "meta")
    assert moved.loss(torch.tensor(5.0), torch.tensor(4.0)) == 3


def test_a_device_that_this_machine_does_not_have_is_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: True)
    for name in ("cpu", "cuda", "cuda:1", "mps"):
        assert str(named(name)) == name
    for name, message in (("cpu:1", "1 of the kind 'cpu'"), ("cuda:2", "2 of the kind"), ("mps:1", "1 of the kind")):
        with pytest.raises(ValueError, match=f"no device {name}: PyTorch finds {message}"):
            named(name)


def test_gradients_are_shortened_to_the_norm() -> None:
    weight = nn.Parameter(torch.tensor(0.0))
    found = run([Descent(lambda: 100 * weight, torch.optim.SGD([weight], lr=1.0))], steps=2, clip=0.5)
    assert [losses[0] for losses in found] == pytest.approx([0, -50], rel=1e-4)


def test_experiments_train_as_the_command_does() -> None:
    """`fit` is the loop with Adam, the task's rate and clipping."""
    torch.default_generator.manual_seed(0)
    trained = fit(Two(), Line())
    same = followed({"objective": "task"}, clip=CLIP)[2]["task"]
    assert trained == same
    torch.default_generator.manual_seed(0)
    network, task = Two(), Line()
    optimiser = torch.optim.Adam(network.parameters(), lr=Line.learning_rate)
    assert descend(optimiser, lambda: task.loss(network(*task.batch()[0].values()), torch.full((4, 1), 3.0)), steps=60)


def test_a_bound_is_drawn_several_times_and_never_called_a_likelihood() -> None:
    result = train(BASE, "variational-autoencoder")
    assert result.beats_baseline
    assert (result.score.kind, result.score.draws) == ("bound", 10)
    assert 0 < result.score.spread < 0.05 * result.score.value
    assert " at most " in caption(result)
    assert " ± " in caption(result)


def test_an_output_that_is_a_bound_is_called_one() -> None:
    result = train(BASE, "deep-directed-generative-autoencoder")
    assert result.score.kind == "bound"
    assert "negative log-likelihood in nats at most " in caption(result)
    assert " at most " not in caption(train(BASE, "restricted-boltzmann-machine"))


def test_sub_networks_are_built_with_the_inputs_that_the_whole_gives_them() -> None:
    for entry in (entry for entry in BASE.architectures.values() if entry.networks):
        for name in entry.networks:
            place = f"default/{name}"
            module, inputs = entry.build(place), entry.example_inputs(place)
            assert list(inputs) == list(entry.signature_of(place).inputs)
            outputs = module(**inputs)
            outputs = [outputs] if isinstance(outputs, Tensor) else list(outputs)
            shapes = entry.signature_of(place).outputs.values()
            assert [output.dim() for output in outputs] == [len(shape.shape) for shape in shapes]
            assert 0 < sum(p.numel() for p in module.parameters()) <= sum(p.numel() for p in entry.build().parameters())


@pytest.mark.parametrize("arguments", [{"speed": 1.0}, {"lr": -1.0}, {"lr": "fast"}])
def test_what_an_optimiser_cannot_take_is_one_sentence(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the optimiser 'adam' cannot take "):
        followed({"objective": "towards_one", "arguments": arguments})
