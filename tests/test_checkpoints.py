"""Checkpoints: a training goes on from one as if it had never stopped, and a file from anywhere does no harm."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from bundled import BASE
from commands import kb
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from torch import Tensor

from implementations.concepts.task import molecules
from kb.running import checkpoints, train
from kb.running.closed import Solution
from kb.running.course import Course
from kb.running.processes import Processes
from kb.running.setting import Setting
from kb.schema import Architecture

molecules.MOLECULES, molecules.TEST_MOLECULES = 96, 64  # each takes milliseconds to draw
STEPS = 4
HEADER = checkpoints.Header(
    version=1, architecture="linear-model", variant="digits", task="digits", seed=0, steps=STEPS, done=2
)


def course_of(entry: Architecture, steps: int | None = STEPS) -> Course | Solution | None:
    setting = Setting.of(BASE, entry, None, 0, torch.device("cpu"))
    setting.task.test()  # which some tasks draw, as they do before every training
    try:
        return setting.course(steps, Processes())
    except ValueError:  # it is solved in one step
        return setting.course(None, Processes())


def after(course: Course | Solution, steps: int) -> Course | Solution:
    """Take some of the steps that are left."""
    for _, _ in zip(range(steps), course.run(), strict=False):
        pass
    return course


def differing(first: dict[str, Tensor], second: dict[str, Tensor]) -> list[str]:
    assert first.keys() == second.keys()
    return [name for name, value in first.items() if not value.equal(second[name])]


def test_a_broken_training_ends_as_an_unbroken_one(architecture: Architecture, tmp_path: Path) -> None:
    """To the last bit: weights, buffers, optimisers, averages, losses and random states."""
    unbroken = course_of(architecture) if architecture.task else None
    if unbroken is None:
        pytest.skip("it has no task, or nothing to train")
    assert len(list(unbroken.run())) == unbroken.steps
    half, path = after(course_of(architecture), 2), tmp_path / "half.safetensors"
    checkpoints.write(path, replace_header(steps=half.steps, done=half.done), half.state())
    torch.rand(5)  # whatever is drawn in between has no effect
    again = course_of(architecture)
    checkpoints.restore(path, again, checkpoints.read(path)[1])
    assert again.done == half.done
    assert len(list(again.run())) == again.steps - half.done
    assert differing(unbroken.state(), again.state()) == []


def replace_header(**fields: int) -> checkpoints.Header:
    return HEADER.model_copy(update=fields)


def test_a_training_that_is_killed_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "killed.safetensors"
    code = (
        "import os, kb, pathlib; from kb.running import train\n"
        "stop = lambda step, *_: step == 7 and os.kill(os.getpid(), 9)\n"
        f"train(kb.load(), 'linear-model', steps=20, save=pathlib.Path({str(path)!r}), every=0.0, progress=stop)"
    )
    environment = {**os.environ, "PYTHONPATH": str(BASE.root)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    unbroken, again = train(BASE, "linear-model", steps=20), train(BASE, "linear-model", load=path)
    assert (again.losses, again.score, again.steps) == (unbroken.losses, unbroken.score, 20)


def test_what_was_trained_is_kept_and_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "kept.safetensors"
    first = train(BASE, "gcn", seed=3, save=path)
    judged = train(BASE, "gcn", load=path, go_on=False)
    assert replace(judged, seconds=0.0) == replace(first, seconds=0.0)
    assert judged.seed == 3
    weights = {name: tensor for name, tensor in load_file(path).items() if name.startswith("module.")}
    assert {f"module.{name}" for name in first.module.state_dict()} == weights.keys()


def test_a_closed_form_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "kept.safetensors"
    first = train(BASE, "echo-state-network", save=path)
    assert train(BASE, "echo-state-network", load=path).score == first.score
    with pytest.raises(ValueError, match="is solved in one step, not in 3"):
        train(BASE, "echo-state-network", steps=3)
    with pytest.raises(ValueError, match="k-nearest-neighbours has no parameters: there is nothing to save"):
        train(BASE, "k-nearest-neighbours", save=path)


def test_more_steps_can_be_taken_unless_rates_depend_on_their_number(tmp_path: Path) -> None:
    path = tmp_path / "short.safetensors"
    train(BASE, "linear-model", steps=3, save=path)
    assert train(BASE, "linear-model", load=path, steps=6).losses == train(BASE, "linear-model", steps=6).losses
    with pytest.raises(ValueError, match="3 steps were taken already: it cannot be 2 in all"):
        train(BASE, "linear-model", load=path, steps=2)
    falling = next(e for e in BASE.architectures.values() if e.procedure and e.procedure.schedule)
    with pytest.raises(ValueError, match=f"learning rates of {falling.id} fall over all 4 steps: it cannot be 6"):
        HEADER.total(6, falling)


Change = Callable[[dict[str, Tensor]], object]
WRONG: dict[str, tuple[Change, str]] = {
    "a weight is missing": (lambda t: t.pop("module.linear.weight"), "the weight linear.weight is missing"),
    "a weight too many": (lambda t: t.update({"module.x": torch.zeros(1)}), "the weight x is one too many"),
    "another shape": (
        lambda t: t.update({"module.linear.bias": torch.zeros(3)}),
        r"the weight linear.bias should be \[10\] of float32 and is \[3\] of float32",
    ),
    "another type": (lambda t: t.update({"module.linear.bias": torch.zeros(10).long()}), "and is .* of int64"),
    "an optimiser too many": (
        lambda t: t.update({"optimiser.1.0.step": torch.zeros(())}),
        "no place for optimiser.1.0",
    ),
    "a name of no number": (lambda t: t.update({"optimiser.x.0.step": torch.zeros(())}), "no place for optimiser.x.0"),
    "a parameter too many": (lambda t: t.update({"optimiser.0.9.step": torch.zeros(())}), "and not number 9"),
    "half of what Adam keeps": (lambda t: t.pop("optimiser.0.0.exp_avg"), "keeps exp_avg, exp_avg_sq, step of a"),
    "moments of another shape": (
        lambda t: t.update({"optimiser.0.0.exp_avg": torch.zeros(2, 2)}),
        "exp_avg of an optimiser should be",
    ),
    "no losses": (lambda t: t.pop("losses"), "the losses do not fit 1 updates in at most 4 steps"),
    "more losses than steps": (lambda t: t.update(losses=torch.zeros(9, 1)), "the losses do not fit"),
    "no random state": (lambda t: t.pop("random.task"), "the random states do not fit"),
    "a short random state": (
        lambda t: t.update({"random.task": torch.zeros(3).byte()}),
        "the random states do not fit",
    ),
    "a random state of zeros": (
        lambda t: t.update({"random.torch": torch.zeros_like(t["random.torch"])}),
        "the random states do not fit",
    ),
    "another part": (lambda t: t.update({"code.x": torch.zeros(1)}), "there is no place for code"),
}


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    return after(course_of(BASE.architectures["linear-model"]), 2).state()


@pytest.mark.parametrize("wrong", WRONG)
def test_a_checkpoint_that_does_not_fit_is_refused_in_a_sentence(
    wrong: str, state: dict[str, Tensor], tmp_path: Path
) -> None:
    change, message = WRONG[wrong]
    tensors, path = dict(state), tmp_path / "wrong.safetensors"
    change(tensors)
    checkpoints.write(path, HEADER, tensors)
    with pytest.raises(ValueError, match=f"wrong.safetensors does not fit the network as it is now: .*{message}"):
        train(BASE, "linear-model", load=path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (None, "is no checkpoint that kb wrote"),
        ("[" * 10_000, "is no checkpoint that kb wrote"),
        ("{}", "is no checkpoint that kb wrote"),
        (json.dumps({"version": 2, "new": 1}), "has version 2 of the format of checkpoints; this kb reads 1"),
        (HEADER.model_dump_json()[:-1] + ', "run": "me"}', "is no checkpoint that kb wrote"),
        (replace_header(done=-1).model_dump_json(), "is no checkpoint that kb wrote"),
        (HEADER.model_copy(update={"architecture": "gcn"}).model_dump_json(), "of gcn, not of linear-model"),
        (HEADER.model_copy(update={"variant": "tall"}).model_dump_json(), "of the variant 'tall', which linear-model"),
        (HEADER.model_copy(update={"task": "copying"}).model_dump_json(), "was trained on copying, and linear-model"),
    ],
)
def test_the_line_that_says_what_it_is_is_checked(
    line: str | None, message: str, state: dict[str, Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "other.safetensors"
    save_file(state, path, {checkpoints.FORMAT: line} if line else {})
    with pytest.raises(ValueError, match=message):
        train(BASE, "linear-model", load=path)


def test_what_a_checkpoint_says_of_itself_stays() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        HEADER.done = 3  # type: ignore[misc]


def test_a_pickle_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "pickle.safetensors"
    path.write_bytes(pickle.dumps(print))
    torch.save({"x": torch.zeros(1)}, tmp_path / "torch.safetensors")
    for file in tmp_path.iterdir():
        with pytest.raises(ValueError, match="is no checkpoint that kb wrote"):
            train(BASE, "linear-model", load=file)
        with pytest.raises(ValueError, match="is no checkpoint that kb wrote"):
            checkpoints.check_target(file)  # so it is not overwritten either


def test_the_command_refuses_in_a_sentence(tmp_path: Path) -> None:
    for words, message in {
        ("--train", "--save", "kept.txt"): "expected a name ending in .safetensors, in a folder that exists",
        ("--train", "--load", str(tmp_path / "none.safetensors")): "no such file",
        ("--save", "kept.safetensors"): "--save: it needs --train",
        ("--steps", "3"): "--steps: it needs --train",
        ("--picture", "x.png"): "--picture: it needs --train",
        ("--train", "--device", "cuda:99"): "this machine has no device cuda:99: PyTorch finds ",
        ("--train", "--device", "moon"): "unknown device 'moon': expected cpu, cuda, cuda:1 or mps",
        ("--train", "--device", "meta"): "'meta' is no device to train on",
    }.items():
        result = kb("run", "linear-model", *words)
        assert result.exit_code == 1
        assert message in " ".join(result.output.split()), result.output


def test_other_seeds_and_variants_than_those_of_the_checkpoint_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "kept.safetensors"
    train(BASE, "gcn", steps=2, save=path)
    for given, message in (({"seed": 1}, "is of the seed 0, not of 1"), ({"variant": "cora"}, "not of 'cora'")):
        with pytest.raises(ValueError, match=message):
            train(BASE, "gcn", load=path, **given)
