"""Every probe says 0 where its bias holds, and something large where it does not."""

from __future__ import annotations

import math
from typing import ClassVar

import pytest
import torch
from bundled import BASE
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.influence import gradients
from kb.evidence import VIOLATION, TraitErrors
from kb.evidence.judging import judge_trait
from kb.probes import Axes
from kb.schema import Bias
from kb.verify import probing
from kb.verify.preparing import seeded
from kb.verify.probing import measure_trait


def test_probe_passes_where_the_bias_holds(bias: Bias) -> None:
    for draw in range(3):
        generator = seeded(bias.id, draw)
        module, inputs, axes = BASE.code.module(bias.probe).holds(generator)
        assert bias.load()(module, inputs, axes, generator) <= bias.tolerance


def test_probe_fails_where_the_bias_is_absent(bias: Bias) -> None:
    for draw in range(3):
        generator = seeded(bias.id, draw)
        module, inputs, axes = BASE.code.module(bias.probe).lacks(generator)
        assert bias.load()(module, inputs, axes, generator) >= VIOLATION


def test_what_overflows_is_not_compared() -> None:
    axes = Axes(inputs={"x": ("B",)}, outputs={"y": ("B",)}, acting=("B",))

    class Squares(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * x

    assert run(Squares(), {"x": torch.tensor([2.0**500, 0.0], dtype=torch.float64)}, axes)["y"].tolist() == [
        2.0**1000,
        0.0,
    ]
    with pytest.raises(FloatingPointError, match="output y of Squares is not finite"):
        run(Squares(), {"x": torch.tensor([2.0**600, 0.0], dtype=torch.float64)}, axes)


def test_a_derivative_that_is_no_number_is_no_influence() -> None:
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    with pytest.raises(FloatingPointError, match="not a number"):
        gradients([x.sqrt() * x], [x], torch.Generator().manual_seed(0))


def test_a_draw_that_decides_nothing_leaves_the_trait_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = iter([0.0, FloatingPointError(), 1.0])

    def probe(*_: object) -> float:
        error = next(errors)
        if isinstance(error, float):
            return error
        raise error

    monkeypatch.setattr(Bias, "load", lambda _: probe)
    found = measure_trait(BASE, BASE.architectures["mlp"], "affine-dependence", "default")
    assert [math.isnan(error) for error in found["errors"]] == [False, True, False]
    judged = judge_trait(TraitErrors(**found, digest=""), BASE.biases["affine-dependence"])
    assert judged.value == "unknown"
    assert math.isnan(judged.error)
    assert found["witness"] == {"draw": 2}


def test_a_module_returns_as_many_outputs_as_its_signature_names() -> None:
    axes = Axes(inputs={"x": ("B",)}, outputs={"y": ("B",), "h": ("B",)}, acting=())
    assert axes.named_outputs((torch.zeros(1), torch.ones(1)))["h"] == 1
    with pytest.raises(ValueError, match="shorter"):
        axes.named_outputs(torch.zeros(1))


def test_a_witness_says_where_to_look() -> None:
    found = measure_trait(BASE, BASE.architectures["convolutional-network"], "translation-equivariance", "default")
    witness = found["witness"]
    assert found["errors"][witness["draw"]] == max(found["errors"])
    assert {"output", "position", "axis", "shift"} <= witness.keys()


def test_a_witness_shows_what_one_example_is_enough_for() -> None:
    found = measure_trait(BASE, BASE.architectures["recurrent-network"], "long-range-capacity", "default")
    assert found["errors"] == [0.0, 0.0, 0.0]
    assert found["witness"]["weights"] == "square matrices identity"


class At(float):
    """An error that says where it was found."""

    place: ClassVar[dict[str, str]] = {"weights": "all alike"}


def test_an_error_at_a_limit_has_its_witness() -> None:
    """At the tolerance it shows that one example is enough, and at a violation that an equation does not hold."""
    example, equation = BASE.biases["long-range-capacity"], BASE.biases["affine-dependence"]
    at, over = At(example.tolerance), At(1.01 * example.tolerance)
    assert probing._found([math.nan, over, at], example)["witness"] == {"draw": 2, "weights": "all alike"}
    assert "witness" not in probing._found([over], example)
    assert probing._found([math.nan, 0.0, At(VIOLATION)], equation)["witness"] == {"draw": 2, "weights": "all alike"}
    assert "witness" not in probing._found([At(0.99 * VIOLATION)], equation)
