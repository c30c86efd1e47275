"""The battery that every implementation passes; a new entry is tested by existing."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from bundled import BASE, Subject
from torch import Tensor, nn

from kb.schema import Shape
from kb.schema.signature import extent
from kb.verify.preparing import flatten, other_sizes, prepare, seeded, to_float64


def build(subject: Subject) -> nn.Module:
    torch.manual_seed(0)
    return BASE.code.load(subject.link)(**(subject.arguments or {}))


def run(module: nn.Module, inputs: dict[str, Tensor]) -> tuple[Tensor, ...]:
    return flatten(module(**inputs))


def unify(shape: Shape, tensor: Tensor, sizes: dict[str, int], what: str) -> None:
    """Bind the letters of a shape to the sizes of a tensor, and complain where two sizes disagree."""
    assert tensor.dim() == len(shape.shape), f"{what}: signature {shape.shape}, tensor {tuple(tensor.shape)}"
    for axis, size in zip(shape.shape, tensor.shape, strict=True):
        if isinstance(axis, int):
            assert size == axis, f"{what}: signature {shape.shape}, tensor {tuple(tensor.shape)}"
        elif (letter := extent(axis).letter) != axis:
            assert extent(axis).allows(sizes[letter], size), f"{what}: {axis} of {letter}={sizes[letter]} is not {size}"
        else:
            assert sizes.setdefault(axis, size) == size, f"{what}: {axis} is {sizes[axis]} and {size}"


SUB_NETWORKS = [(entry.id, place) for entry in BASE.architectures.values() for place in entry.places if "/" in place]


def test_default_construction_is_instant_and_small(subject: Subject) -> None:
    module = build(subject)
    assert sum(parameter.numel() for parameter in module.parameters()) < 300_000


def test_signature_unifies_with_a_real_pass(variant_subject: Subject) -> None:
    module = build(variant_subject).eval()
    sizes: dict[str, int] = {}
    inputs = module.example_inputs(seeded(1))
    signature = variant_subject.signature
    assert set(inputs) <= set(signature.inputs)
    assert {name for name, shape in signature.inputs.items() if not shape.optional} <= set(inputs)
    for name, tensor in inputs.items():
        unify(signature.inputs[name], tensor, sizes, name)
    for name, tensor in zip(signature.outputs, run(module, inputs), strict=True):
        unify(signature.outputs[name], tensor, sizes, name)
    for name, shape in signature.inputs.items():
        if shape.indexes and name in inputs:
            assert not inputs[name].is_floating_point()
            assert int(inputs[name].min()) >= 0
            assert int(inputs[name].max()) < sizes[shape.indexes]


@pytest.mark.parametrize(("entry_id", "place"), SUB_NETWORKS, ids=map("-".join, SUB_NETWORKS))
def test_signature_of_a_sub_network_unifies_with_a_real_pass(entry_id: str, place: str) -> None:
    entry, signature = BASE.architectures[entry_id], BASE.architectures[entry_id].signature_of(place)
    variant = entry.variant_of(place)
    with torch.device("meta" if variant.large else "cpu"):
        module = entry.build(place).eval()
    taken = inspect.signature(module.example_inputs).parameters
    own = {letter: size for letter, size in variant.sizes.items() if letter in taken}
    shapes = signature.outputs.values()
    divided = {extent(axis).letter for shape in shapes for axis in shape.shape if extent(str(axis)).letter != axis}
    odd = {letter: own.get(letter, taken[letter].default) + 5 for letter in divided & set(taken)}
    for chosen in (own, own | odd) if odd and not variant.large else (own,):
        sizes: dict[str, int] = {}
        inputs = module.example_inputs(seeded(1), **chosen)
        for name, tensor in inputs.items():
            unify(signature.inputs[name], tensor, sizes, name)
        with torch.no_grad():
            outputs = run(module, {name: x.to("meta") if variant.large else x for name, x in inputs.items()})
        for name, tensor in zip(signature.outputs, outputs, strict=True):
            unify(signature.outputs[name], tensor, sizes, name)


COARSE = {"vq-vae": 2}
"""How often a network halves a grid whose sides it refuses otherwise; once, where nothing is said."""


def test_other_sizes(variant_subject: Subject) -> None:
    module = build(variant_subject).eval()
    for step in (1, 3):
        larger = other_sizes(module, step * COARSE.get(variant_subject.entry.id, 1))
        sizes: dict[str, int] = {}
        inputs = module.example_inputs(seeded(2), **larger)
        for name, tensor in inputs.items():
            unify(variant_subject.signature.inputs[name], tensor, sizes, name)
        for letter, size in larger.items():
            assert sizes.get(letter, size) == size
        for name, tensor in zip(variant_subject.signature.outputs, run(module, inputs), strict=True):
            unify(variant_subject.signature.outputs[name], tensor, sizes, name)


UNREACHED = {
    "vector-quantisation": ["codebook"],
    "vq-vae": ["quantiser.codebook"],
    "perceptron": ["linear.weight", "linear.bias"],
}
"""Parameters that no gradient of the output reaches: errors or rules of their own train them, as checks compare."""


def test_output_and_every_gradient_is_finite(subject: Subject) -> None:
    module = prepare(build(subject), seeded(3)).train()
    inputs = to_float64(module.example_inputs(seeded(3)))
    outputs = run(module, inputs)
    assert all(torch.isfinite(output).all() for output in outputs)
    parameters = dict(module.named_parameters())
    if not parameters:
        return
    loss = sum(
        (output * torch.randn(output.shape, dtype=output.dtype)).sum()
        for output in outputs
        if output.is_floating_point()
    )
    if loss.requires_grad:
        gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    else:
        gradients = [None] * len(parameters)
    missing = [name for name, gradient in zip(parameters, gradients, strict=True) if gradient is None]
    assert missing == UNREACHED.get(subject.entry.id, []), f"gradients reach all but {missing}"
    assert all(torch.isfinite(gradient).all() for gradient in gradients if gradient is not None)


def test_deterministic(subject: Subject) -> None:
    first, second = (build(subject).eval() for _ in range(2))
    inputs = first.example_inputs(seeded(4))
    for a, b in zip(run(first, inputs), run(second, inputs), strict=True):
        assert torch.equal(a, b)


MEETING = {"stylegan2": ["of_fake", "of_real"], "switch-transformer": ["y"], "switch-layer": ["y"]}
"""Outputs that depend on the other examples of a batch in eval mode too, which the entry lists among what it lacks."""
APART = {("switch-transformer", "unlimited")}
"""Variants of these whose examples do not meet."""


def test_examples_of_a_batch_do_not_meet(variant_subject: Subject) -> None:
    """In eval mode the first example's output does not depend on the others, wherever there is a batch axis."""
    signature = variant_subject.signature
    module = prepare(build(variant_subject), seeded(5))
    apart = (variant_subject.entry.id, variant_subject.variant) in APART
    meeting = set() if apart else set(MEETING.get(variant_subject.entry.id, ()))
    differing = set()
    for seed in range(5, 15 if meeting else 6):  # experts have enough places for some inputs
        inputs = to_float64(module.example_inputs(seeded(seed)))
        batched = [name for name in inputs if signature.inputs[name].letters[:1] == ("B",)]
        if not batched:
            pytest.skip("its signature has no batch axis")
        alone = run(module, inputs | {name: inputs[name][:1] for name in batched})
        for name, together, one in zip(signature.outputs, run(module, inputs), alone, strict=True):
            if name in meeting:
                differing |= set() if torch.allclose(together[:1], one) else {name}
            elif signature.outputs[name].letters[:1] == ("B",):
                torch.testing.assert_close(together[:1], one, rtol=1e-12, atol=1e-12)
    assert differing == meeting


def test_float64_agrees_with_float32(subject: Subject) -> None:
    single = build(subject).eval()
    double = build(subject).double().eval()
    inputs = single.example_inputs(seeded(6))
    for low, high in zip(run(single, inputs), run(double, to_float64(inputs)), strict=True):
        if low.is_floating_point() and any(value.is_floating_point() for value in inputs.values()):
            assert high.dtype == torch.float64
            torch.testing.assert_close(low.double(), high, rtol=1e-3, atol=1e-4)


def test_state_dict_round_trip(subject: Subject, tmp_path: Any) -> None:
    module = prepare(build(subject), seeded(7))
    torch.save(module.state_dict(), tmp_path / "weights.pt")
    other = build(subject).double().eval()
    other.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    inputs = to_float64(module.example_inputs(seeded(7)))
    for a, b in zip(run(module, inputs), run(other, inputs), strict=True):
        assert torch.equal(a, b)
