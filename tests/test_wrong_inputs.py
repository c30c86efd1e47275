"""What is wrong ends in a sentence of our own, for every architecture and every constructor of a concept.

The wrong things are made from what the code says of itself (`wrong.py`), so a new entry is tested by existing.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from bundled import BASE
from torch import nn
from wrong import OURS, WORKS, build_and_run, empty_inputs, ends, wrong_arguments, wrong_inputs

from kb.schema import DEFAULT_VARIANT, Architecture

MEANT = {
    ("convolutional-network", "x: axis missing"): "a convolution takes one image without a batch",
    ("gated-transformer-xl", "memory: past larger"): "it may remember more than it keeps",
    ("hopfield-network", "all: float64"): "it has no weights of another precision",
    ("k-nearest-neighbours", "all: float64"): "it has no weights of another precision",
    ("latent-diffusion-model", "noise: N larger"): "what is more than the code has is left out, as of cropped images",
    ("message-passing-network", "graph: index 99"): "the largest number says how many graphs there are",
    ("transformer-xl", "memory: past larger"): "it may remember more than it keeps",
}
"""Inputs that look wrong and are not, with the reason."""
NO_MEAN = {
    ("mean-pooled-video-captioner", "Z=0"): "the mean over no frames is no number, as everywhere in torch",
    ("neural-process", "S=0"): "nor is the mean over no observations",
}


def built(architecture: Architecture) -> nn.Module:
    torch.default_generator.manual_seed(0)
    module: nn.Module = BASE.code.load(architecture.implementation)()
    return module.eval()


def concepts() -> list[Any]:
    """The classes of concepts that can be built without arguments."""
    links = {entry.id: entry.implementation for entry in BASE.concepts.values() if entry.implementation}
    loaded = {name: BASE.code.load(link) for name, link in links.items()}
    return [
        pytest.param(cls, id=name)
        for name, cls in loaded.items()
        if inspect.isclass(cls)
        and issubclass(cls, nn.Module)
        and all(p.default is not p.empty for p in inspect.signature(cls).parameters.values())
    ]


def test_wrong_inputs_are_refused_in_a_sentence(architecture: Architecture) -> None:
    module, signature = built(architecture), architecture.signature_of(DEFAULT_VARIANT)
    wrong = []
    for label, inputs in wrong_inputs(module, signature):
        how, message = ends(lambda inputs=inputs: module(**inputs))
        if (architecture.id, label) not in MEANT and (how != OURS or type(module).__name__ not in message):
            wrong.append(f"{label}: {how}, {message}")
    assert not wrong, "\n".join(wrong)


def test_inputs_without_anything_give_a_result_or_a_sentence(architecture: Architecture) -> None:
    module, signature = built(architecture), architecture.signature_of(DEFAULT_VARIANT)
    for label, inputs in empty_inputs(module, signature):
        if (architecture.id, label) not in NO_MEAN:
            how, message = ends(lambda inputs=inputs: module(**inputs))
            assert how in (OURS, WORKS), f"{label}: {message}"


def arguments_are_refused(cls: type) -> None:
    wrong = []
    for label, arguments, has_a_meaning in wrong_arguments(cls):
        how, message = ends(lambda arguments=arguments: build_and_run(cls, arguments))
        if how != OURS and not (how == WORKS and has_a_meaning):
            wrong.append(f"{label}: {how}, {message}")
        elif how == OURS and cls.__name__ not in message:
            wrong.append(f"{label}: the message names no class: {message}")
    assert not wrong, "\n".join(wrong)


def test_wrong_arguments_are_refused_in_a_sentence(architecture: Architecture) -> None:
    arguments_are_refused(BASE.code.load(architecture.implementation))


@pytest.mark.parametrize("cls", concepts())
def test_wrong_arguments_of_concepts_are_refused_in_a_sentence(cls: type) -> None:
    arguments_are_refused(cls)
