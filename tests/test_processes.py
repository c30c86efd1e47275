"""Training in two processes, as `torchrun` starts them, is training in one; what cannot be shared out is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from bundled import BASE
from safetensors.torch import load_file
from torch import Tensor, nn

from kb.running import train
from kb.running.processes import Part, Processes
from kb.running.randomness import Randomness
from kb.running.setting import Setting
from kb.schema.training import Procedure
from kb.training import USUAL

SHARED = ("transformer", "lstm", "nice", "k-nearest-neighbours")
"""With two sequences, one, an objective of its own, and nothing to train."""
STEPS = 5
RUN = """
import sys, pathlib, torch, kb
from kb.running import train
torch.set_num_threads(1)
base, folder = kb.load(), pathlib.Path(sys.argv[1])
for name in sys.argv[2:]:
    keep = None if name == "k-nearest-neighbours" else folder / f"{name}.safetensors"
    result = train(base, name, steps=%d, save=keep)
    print(name, repr(result.score.value))
for name in ("resnet", "gcn"):
    try:
        train(base, name, steps=2)
    except ValueError as error:
        print(error)
"""


def test_two_processes_train_as_one_does(tmp_path: Path) -> None:
    """Losses and gradients are compared: of the smallest gradients, Adam makes whole steps in either direction."""
    script = tmp_path / "script.py"
    script.write_text(RUN % STEPS)
    environment = {**os.environ, "PYTHONPATH": str(BASE.root), "OMP_NUM_THREADS": "1"}
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    words = [*start, str(script), str(tmp_path), *SHARED]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("resnet cannot be trained in 2 processes: the loss 'task' of a batch is not the mean") == 2
    assert done.stdout.count("gcn cannot be trained in 2 processes: a batch is a single graph") == 2
    for name in SHARED[:-1]:
        alone = tmp_path / f"{name}-alone.safetensors"
        result = train(BASE, name, steps=STEPS, save=alone)
        first, second = load_file(alone), load_file(tmp_path / f"{name}.safetensors")
        assert first.keys() == second.keys()
        for key, value in first.items():
            if key == "losses" or key.endswith("exp_avg"):  # of every step, and of the gradients of all
                apart = (value - second[key]).norm() / value.norm().clamp(min=1e-3)
                assert apart < 1e-3, (name, key, float(apart))
        scores = [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith(f"{name} ")]
        assert scores == pytest.approx([result.score.value] * 2, rel=1e-4)


class Numbers:
    """Twice a number, in batches of five."""

    steps, learning_rate = 3, 0.1

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        x = torch.arange(5.0)[:, None]
        return {"x": x, "all": x}, 2 * x

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        return (output - target).square().mean()


class Net(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(1, 3), *layers, nn.Linear(3, 1))

    def forward(self, x: Tensor, all: Tensor) -> Tensor:
        return self.layers(x) + all.mean()


def part(rank: int = 0, count: int = 2) -> Part:
    return Part(Numbers(), {"x": 0}, Processes(rank, count))


def test_parts_are_uneven_by_one_at_most_and_make_up_the_batch() -> None:
    whole = Numbers().batch()
    parts = [part(rank).batch() for rank in range(2)]
    assert [len(target) for _, target in parts] == [3, 2]
    assert torch.cat([inputs["x"] for inputs, _ in parts]).equal(whole[0]["x"])
    assert all(inputs["all"].equal(whole[0]["all"]) for inputs, _ in parts), "what has no examples is seen by all"
    with pytest.raises(ValueError, match="a batch has 5 examples, too few for 6 processes"):
        part(0, 6).batch()


def test_what_cannot_be_shared_out_is_refused_and_leaves_no_trace() -> None:
    randomness = Randomness(0, torch.device("cpu"))
    before = randomness.state()
    for layers, message in (
        ((), None),
        ((nn.BatchNorm1d(3),), "the loss 'task' of a batch is not the mean"),
        ((nn.BatchNorm1d(3, momentum=0.5), nn.Dropout(1.0)), "a pass changes layers.1.running_mean"),
        ((nn.Dropout(0.5),), "the loss 'task' of a batch is not the mean"),
    ):
        module = Net(*layers)
        weights = {name: value.clone() for name, value in module.state_dict().items()}
        randomness.restore(before)
        if message is None:
            part().check(USUAL, module, randomness)
        else:
            with pytest.raises(ValueError, match=message):
                part().check(USUAL, module, randomness)
        assert all(value.equal(weights[name]) for name, value in module.state_dict().items())
        assert all(value.equal(before[name]) for name, value in randomness.state().items())


def test_what_weights_of_zero_hide_is_found() -> None:
    """Untrained, this network gives all examples the same output, whatever the statistics of the batch are."""
    module = Net(nn.BatchNorm1d(3, track_running_stats=False))
    for parameter in module.layers[-1].parameters():
        nn.init.zeros_(parameter)
    with pytest.raises(ValueError, match="is not the mean of those of its parts"):
        part().check(USUAL, module, Randomness(0, torch.device("cpu")))


@pytest.mark.parametrize("name", ["show-and-tell", "variational-autoencoder", "mobilenet"])
def test_means_over_words_noise_and_statistics_are_found(name: str) -> None:
    """Captions have different numbers of words; a variational autoencoder draws noise; and so on."""
    setting = Setting.of(BASE, BASE.architectures[name], None, 0, torch.device("cpu"))
    procedure: Procedure = setting.entry.procedure or USUAL
    with pytest.raises(ValueError, match="is not the mean of those of its parts"):
        Part(setting.task, setting.examples, Processes(0, 2)).check(procedure, setting.module, setting.randomness)
