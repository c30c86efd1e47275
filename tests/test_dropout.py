"""Dropout: its shares are those that are stated, and the argument reaches every layer that drops."""

from __future__ import annotations

import inspect

import pytest
import torch
from bundled import BASE, Subject
from torch import Tensor, nn

from kb.verify.preparing import example_inputs, flatten, prepare, seeded, to_float64

SHARES = {
    "alexnet": [0.5, 0.5],
    "efficientnet": [0.2],
    "googlenet": [0.4],
    "googlenet-auxiliary": [0.7, 0.7, 0.4],
    "googlenet-batch-normalised": [0.4],
    "googlenet-batch-normalised-auxiliary": [0.7, 0.7, 0.4],
    "inception-v3": [0.5],
    "mobilenet-v2": [0.2],
    "vgg": [0.5, 0.5],
}
"""Of the layers that drop where nothing else is said, in order: those of the sources."""
LAYERS = {
    "alexnet": 2,
    "conditioned-u-net": 8,
    "denoising-diffusion-model": 8,
    "efficientnet": 1,
    "generative-adversarial-network": 2,
    "mobilenet-v2": 1,
    "nfnet": 1,
    "time-conditioned-residual-block": 1,
    "time-conditioned-u-net": 8,
    "vgg": 2,
    "yolo": 1,
}
"""How many layers drop as their argument says."""


def shares(module: nn.Module) -> list[float]:
    return [layer.p for layer in module.modules() if isinstance(layer, nn.modules.dropout._DropoutNd)]


def run(module: nn.Module, inputs: dict[str, Tensor], seed: int) -> tuple[Tensor, ...]:
    torch.default_generator.manual_seed(seed)
    return flatten(module(**inputs))


def test_shares_are_those_of_the_sources(subject: Subject) -> None:
    module = BASE.code.load(subject.link)(**(subject.arguments or {}))
    found = [share for share in shares(module) if share]
    stated = SHARES.get(subject.label, SHARES.get(subject.entry.id, []))
    given = {"dropout", "drop_rate"} & (subject.arguments or {}).keys()
    assert found == stated or given


def test_the_argument_reaches_every_layer(subject: Subject) -> None:
    load = BASE.code.load(subject.link)
    names = {"dropout", "drop_rate"} & inspect.signature(load).parameters.keys()
    assert bool(names) == (subject.entry.id in LAYERS)
    if not names or subject.variant != "default":
        pytest.skip("it takes no share")
    module = prepare(load(**dict.fromkeys(names, 0.37)), seeded("dropout"))
    assert shares(module) == [0.37] * LAYERS[subject.entry.id]
    inputs = to_float64(example_inputs(module, seeded("inputs")))
    runs = {
        (training, seed): run(module.train(training), inputs, seed) for training in (False, True) for seed in (1, 2)
    }
    assert all(map(torch.equal, runs[False, 1], runs[False, 2])), "nothing is dropped in evaluation"
    assert not all(map(torch.equal, runs[True, 1], runs[True, 2]))
