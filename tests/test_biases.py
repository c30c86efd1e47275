"""Every probe says 0 where its bias holds, and something large where it does not."""

from __future__ import annotations

import math

import pytest
import torch
from bundled import BASE
from torch import Tensor, nn

from implementations.axes import Axes
from implementations.biases.comparing import run
from implementations.biases.influence import gradients
from kb import links
from kb.schema import Bias
from kb.verify.probing import DRAWS, VIOLATION, largest_error, verdict


def test_probe_passes_where_the_bias_holds(bias: Bias) -> None:
    module_path = bias.probe.partition(":")[0]
    for draw in range(3):
        from kb.verify.preparing import seeded

        generator = seeded(bias.id, draw)
        module, inputs, axes = links.resolve(f"{module_path}:holds")(generator)
        assert links.resolve(bias.probe)(module, inputs, axes, generator) <= bias.tolerance


def test_probe_fails_where_the_bias_is_absent(bias: Bias) -> None:
    module_path = bias.probe.partition(":")[0]
    for draw in range(3):
        from kb.verify.preparing import seeded

        generator = seeded(bias.id, draw)
        module, inputs, axes = links.resolve(f"{module_path}:lacks")(generator)
        assert links.resolve(bias.probe)(module, inputs, axes, generator) >= VIOLATION


def test_asserted_trait_is_what_the_probe_measures(trait: tuple[str, str, str, str]) -> None:
    architecture, variant, bias_id, value = trait
    bias = BASE.biases[bias_id]
    acting = BASE.acting(architecture, bias_id, variant)
    assert acting, f"{bias_id} does not apply to the signature of {architecture} ({variant})"
    for draws in (1, DRAWS):  # the evidence has them all; one is enough where it decides
        error = largest_error(BASE.architectures[architecture], variant, bias, acting, draws)
        if verdict(error, bias) != "unknown":
            break
    assert verdict(error, bias) == value, f"error {error:.2e}"


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

    monkeypatch.setattr("kb.verify.probing.resolve", lambda _: probe)
    bias = BASE.biases["affine-dependence"]
    error = largest_error(BASE.architectures["mlp"], "default", bias, ("F",), draws=3)
    assert math.isnan(error)
    assert verdict(error, bias) == "unknown"
