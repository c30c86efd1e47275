"""Every argument of a constructor does something, and every state that may be left out has a beginning."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from bundled import BASE, Subject
from torch import Tensor, nn

from kb.evidence import peer_cases
from kb.running.course import objective
from kb.schema import DEFAULT_VARIANT, Architecture
from kb.verify.preparing import example_inputs, flatten, prepare, seeded, to_float64

TOGETHER: dict[tuple[str, str], dict[str, Any]] = {
    ("bias-balanced-router", "kept"): {"groups": 4},
    ("conditional-flow-matching-loss", "beta"): {"path": "variance-preserving"},
    ("flow-matching", "beta"): {"path": "variance-preserving"},
    ("linear-model", "rotation"): {"out_features": 4},
    ("long-term-recurrent-convolutional-network", "layers"): {"factored": False},
    ("memory-hop", "width"): {"mapped": True},
    ("scaled-weight-standardisation", "groups"): {"in_channels": 4, "out_channels": 4},
    ("visual-concept-captioner", "end"): {"first": -5.0},
}
"""What else has to be set for an argument to be free, or to matter."""
VALUES: dict[tuple[str, str], Any] = {
    ("adaln-zero", "branch"): nn.Tanh(),
    ("conditional-flow-matching-loss", "beta"): (0.2, 10.0),
    ("conditional-flow-matching-loss", "path"): "variance-preserving",
    ("convolutional-deep-belief-network", "visible"): "gaussian",
    ("flow-matching", "beta"): (0.2, 10.0),
    ("flow-matching", "method"): "euler",
    ("lenet-5", "table"): ((0,), (0, 1)),
    ("mask-r-cnn", "proportions"): (0.5, 2.0),
    ("moco", "block"): "bottleneck",
    ("nfnet", "group"): 2,
    ("non-local-block", "pairwise"): "gaussian",
    ("permutation-equivariant-layer", "pool"): "max",
    ("ppo-actor-critic", "clip"): 0.001,
    ("residual-connection", "branch"): nn.Tanh(),
    ("residual-connection", "shortcut"): nn.Tanh(),
    ("ssd", "extra"): ((4, 8, 2), (6, 6, 1)),
    ("reversible-block", "f"): nn.Tanh(),
    ("reversible-block", "g"): nn.Tanh(),
    ("reversible-residual-network", "multiples"): (1.0, 3.0),
    ("simclr", "block"): "bottleneck",
    ("skipinit", "branch"): nn.Tanh(),
}
"""Values that no variant has and no rule can guess."""
KEPT = {("neural-ode", "adjoint"), ("reversible-residual-network", "stored")}
"""Arguments that change what is kept for the backward pass, and nothing that is seen from outside."""

BESIDE: dict[str, dict[str, Tensor]] = {"diffusion-transformer": {"label": torch.zeros(64, dtype=torch.long)}}
"""What an objective takes that the batches of the task do not have."""


def first_row(_: nn.Module, given: Tensor) -> Tensor:
    return torch.eye(given.shape[1])[0].to(given).expand_as(given)


def no_weight(module: Any, given: Tensor) -> Tensor:
    """Zeros, but minus infinity for the logarithms, which are the last numbers of every block."""
    start = torch.zeros_like(given).unflatten(1, module.remembered)
    start[:, :, -1] = -torch.inf
    return start.flatten(1)


def no_weight_in_memories(module: Any, given: Tensor) -> Tensor:
    """Zeros, but minus infinity for the logarithms, the last part of the state of every block."""
    start = torch.zeros_like(given)
    for block, state in zip(module.blocks, start.split(module.sizes, 1), strict=True):
        state[:, -block.sizes[-1] :] = -torch.inf
    return start


STARTS: dict[str, dict[str, Callable[[Any, Tensor], Tensor]]] = {
    "gated-transformer-xl": {"memory": lambda _, given: given[:, :, :0]},
    "neural-turing-machine": {
        "memory": lambda module, given: module.blank.detach().expand_as(given),
        "reading": first_row,
        "writing": first_row,
    },
    "relational-memory-core": {"memory": lambda _, given: torch.eye(*given.shape[1:]).to(given).expand_as(given)},
    "rwkv": {"h": no_weight},
    "transformer-xl": {"memory": lambda _, given: given[:, :, :0]},
    "unitary-recurrent-network": {"h": lambda module, given: module.first.detach().expand_as(given)},
    "xlstm": {"h": no_weight_in_memories},
}
"""States that begin otherwise than with zeros, by the entry and the input."""
ROWS = {"differentiable-neural-computer": {"M": 8}, "neural-turing-machine": {"M": 8}}
"""Sizes that a module chooses by itself where no state says them."""


def arguments(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]


def others(subject: Subject, argument: inspect.Parameter) -> Iterator[Any]:
    """Yield values of an argument that are not its default: those of variants and of peers first."""
    entry, default = subject.entry, argument.default
    cases = {name: variant.arguments for name, variant in getattr(entry, "small_variants", {}).items()}
    compared = peer_cases(entry, BASE.syntax) if entry.peer else {}
    cases |= {name: case.arguments for name, case in compared.items()}
    yield from (case[argument.name] for case in cases.values() if case.get(argument.name, default) != default)
    if (entry.id, argument.name) in VALUES:
        yield VALUES[entry.id, argument.name]
    elif isinstance(default, bool):
        yield not default
    elif isinstance(default, int):
        yield from (2 * default or 3, default + 1, default + 2, default - 1)
    elif isinstance(default, float):
        yield default / 2 or 0.5
    elif isinstance(default, list | tuple) and all(isinstance(value, int) for value in default):
        yield from ([2 * value for value in default], [value + 1 for value in default])


def traces(subject: Subject, load: Callable[..., nn.Module], given: dict[str, Any]) -> Iterator[list[Tensor]]:
    """Yield what is seen of a module from outside: its start, its outputs in either mode, samples, training."""
    torch.default_generator.manual_seed(0)
    module = load(**given)
    yield list(module.state_dict().values())
    inputs = to_float64(example_inputs(module, seeded(1)))
    yield list(inputs.values())
    prepare(module, seeded(2))
    optional = {name for name, p in inspect.signature(module.forward).parameters.items() if p.default is None}
    for training in (False, True):
        for left_out in (set(), optional) if optional & inputs.keys() else (set(),):
            torch.default_generator.manual_seed(3)
            shown = {name: value for name, value in inputs.items() if name not in left_out}
            yield [value.detach() for value in flatten(module.train(training)(**shown))]
    yield list(module.state_dict().values())
    if hasattr(module, "sample"):
        yield [module.float().sample(2, seeded(6))]
    entry = subject.entry
    if isinstance(entry, Architecture) and entry.task and entry.procedure:
        task = BASE.concepts[entry.task.concept].load()(generator=seeded(4), **entry.task.arguments)
        batch, target = task.batch()
        batch |= BESIDE.get(entry.id, {})
        torch.default_generator.manual_seed(0)
        variant = dict(entry.all_variants[entry.task.variant].arguments)
        trained = prepare(load(**(variant | given)), seeded(2)).float()
        for update in entry.procedure.updates:
            for training in (False, True) if update.objective != "task" else ():
                torch.default_generator.manual_seed(3)
                yield [objective(trained.train(training), update.objective, batch, target, seeded(5)).detach()]


def differ(subject: Subject, load: Callable[..., nn.Module], given: dict[str, Any], changed: dict[str, Any]) -> bool:
    for before, after in zip(traces(subject, load, given), traces(subject, load, given | changed), strict=True):
        if len(before) != len(after) or any(
            a.shape != b.shape or not torch.equal(a, b) for a, b in zip(before, after, strict=True)
        ):
            return True
    return False


def kept(module: nn.Module) -> int:
    """Return how many numbers are kept for the backward pass."""
    sizes: list[int] = []
    inputs = to_float64(example_inputs(module, seeded(1)))
    with torch.autograd.graph.saved_tensors_hooks(lambda value: sizes.append(value.numel()), lambda value: value):
        prepare(module, seeded(2))(**inputs)
    return sum(sizes)


def matters(subject: Subject, load: Callable[..., nn.Module], argument: inspect.Parameter) -> bool:
    given = TOGETHER.get((subject.entry.id, argument.name), {})
    if (subject.entry.id, argument.name) in KEPT:
        return kept(load(**given)) != kept(load(**given, **{argument.name: not argument.default}))
    for value in others(subject, argument):
        try:
            if differ(subject, load, given, {argument.name: value}):
                return True
        except ValueError:
            continue  # the module does not take this one
    return False


def test_every_argument_matters(subject: Subject) -> None:
    if subject.variant != DEFAULT_VARIANT:
        pytest.skip("variants are where the arguments come from")
    load = BASE.code.load(subject.link)
    assert [argument.name for argument in arguments(load) if not matters(subject, load, argument)] == []


def test_a_variant_is_not_the_default(architecture: Architecture) -> None:
    defaults = {argument.name: argument.default for argument in arguments(architecture.load())}
    for name, variant in architecture.variants.items():
        given = variant.arguments
        assert not given or any(as_list(given[key]) != as_list(defaults[key]) for key in given), name


def as_list(value: Any) -> Any:
    return [as_list(one) for one in value] if isinstance(value, list | tuple) else value


def ready(subject: Subject) -> tuple[nn.Module, dict[str, Tensor], set[str], set[str]]:
    """Return a module, its inputs, and which of them are states and which are noise, if they may be left out.

    A state goes in and comes out under one name.
    """
    module = prepare(BASE.code.load(subject.link)(**(subject.arguments or {})), seeded(6))
    inputs = to_float64(example_inputs(module, seeded(6), **ROWS.get(subject.entry.id, {})))
    optional = {name for name, p in inspect.signature(module.forward).parameters.items() if p.default is None}
    states = optional & inputs.keys() & set(subject.signature.outputs)
    numbers = {name for name, value in inputs.items() if value.is_floating_point()}
    noise = optional & numbers - states if subject.entry.stochastic else set()
    return module, inputs, states, noise


def test_a_state_that_is_left_out_begins_as_documented(variant_subject: Subject) -> None:
    """With zeros, unless `STARTS` says otherwise."""
    module, inputs, states, _ = ready(variant_subject)
    if not states:
        pytest.skip("it has no state that may be left out")
    starts = STARTS.get(variant_subject.entry.id, {})
    begun = {name: starts.get(name, lambda _, given: torch.zeros_like(given))(module, inputs[name]) for name in states}
    expected = flatten(module(**(inputs | begun)))
    for left_out in [*({state} for state in states), states]:
        shown = {name: value for name, value in (inputs | begun).items() if name not in left_out}
        for found, value in zip(flatten(module(**shown)), expected, strict=True):
            torch.testing.assert_close(found, value, rtol=1e-12, atol=1e-12)
    for state in states:
        moved = flatten(module(**(inputs | begun | {state: inputs[state]})))
        assert any(a.shape != b.shape or not torch.equal(a, b) for a, b in zip(moved, expected, strict=True)), state


def test_noise_that_is_left_out_is_drawn(variant_subject: Subject) -> None:
    module, inputs, _, noise = ready(variant_subject)
    if not noise:
        pytest.skip("it takes no noise")
    torch.default_generator.manual_seed(7)
    drawn = {name: torch.randn_like(inputs[name]) for name in inputs if name in noise}
    torch.default_generator.manual_seed(7)
    left_out = flatten(module(**{name: value for name, value in inputs.items() if name not in noise}))
    for found, expected in zip(left_out, flatten(module(**(inputs | drawn))), strict=True):
        assert torch.equal(found, expected)
