"""Running and measuring: counts that can be checked by hand, every architecture once, and training on a real task."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import fields
from pathlib import Path

import pytest
import torch
from bundled import BASE
from small import CONCEPT, Miniature
from torch import Tensor, nn

from kb.active import count_active
from kb.links import sources_of
from kb.measuring import count_flops, count_parameters, held, stages
from kb.running import Score, Training, caption, run_once, save_curve, train
from kb.running.samples import COUNT
from kb.schema import Architecture


class Loop(nn.Module):
    """A module with everything that listings go wrong on: a loop, a used but uncalled child, a bare tensor, a list."""

    def __init__(self, blocks: int = 2) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(3, 3), nn.ReLU()) for _ in range(blocks))
        self.step = nn.Linear(3, 3, bias=False)
        self.used = nn.Linear(3, 2)
        self.bare = nn.Parameter(torch.zeros(2))
        self.frozen = nn.Parameter(torch.zeros(7), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        for _ in range(3):
            x = self.step(x)
        return nn.functional.linear(x, self.used.weight) + self.bare


def test_parameters_are_trainable_ones_counted_once() -> None:
    module = Loop()
    assert count_parameters(module) == 2 * (9 + 3) + 9 + (6 + 2) + 2
    module.used.weight = nn.Parameter(torch.zeros(2, 3))
    module.tied = module.used
    assert count_parameters(module) == 2 * (9 + 3) + 9 + (6 + 2) + 2


def test_flops_are_two_for_a_multiply_add_and_the_loop_counts_every_time() -> None:
    examples = 5
    multiply_adds = examples * (2 * 9 + 3 * 9 + 6)
    assert count_flops(Loop(), {"x": torch.zeros(examples, 3)}) == 2 * multiply_adds


def test_flops_need_no_memory_on_the_meta_device() -> None:
    with torch.device("meta"):
        module, inputs = nn.Linear(100_000, 100_000, bias=False), {"input": torch.zeros(1, 100_000)}
    assert count_flops(module, inputs) == 2 * 100_000**2


def test_a_position_uses_the_parameters_of_the_experts_that_it_chooses_and_all_others() -> None:
    experts = BASE.code.load(BASE["routed-experts"].implementation)()
    inputs = experts.example_inputs(torch.Generator().manual_seed(0), B=1, T=1)
    experts(**inputs).square().sum().backward()
    changed = sum(int((weight.grad != 0).sum()) for weight in experts.parameters())
    assert count_active(experts, inputs) == changed < count_parameters(experts)


def test_a_mask_chooses_no_rows() -> None:
    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2, 3, 4))

        def forward(self, mask: torch.Tensor) -> torch.Tensor:
            return self.weight[mask].sum()

    assert count_active(Masked(), {"mask": torch.ones(2, 3, 4, dtype=torch.bool)}) is None


def test_active_parameters_of_a_network_are_all_but_those_of_experts_that_are_not_chosen() -> None:
    entry = BASE.architectures["sparsely-gated-mixture-of-experts"]
    for name, found in BASE.evidence[entry.id].variants.items():
        with torch.device("meta"):
            experts = entry.build(name).experts
        routed = experts.widen.weight.numel() + experts.narrow.weight.numel()
        idle = routed // experts.experts * (experts.experts - experts.chosen)
        assert found.active == found.parameters - idle


def test_where_nothing_is_chosen_there_is_no_number_of_active_parameters() -> None:
    network = BASE.architectures["t5"].build("default")  # a table that is indexed by distances is no choice
    assert count_active(network, network.example_inputs(torch.Generator())) is None


def test_stages_stand_in_the_order_in_which_they_ran_and_once_each() -> None:
    found = stages(Loop(), {"x": torch.zeros(5, 3)})
    assert [stage.name for stage in found] == ["blocks.0.0", "blocks.0.1", "blocks.1.0", "blocks.1.1", "step"]
    assert [stage.module for stage in found][:2] == ["Linear", "ReLU"]
    assert {stage.shape for stage in found} == {(5, 3)}


def test_long_lists_are_shown_by_their_blocks() -> None:
    found = stages(Loop(blocks=20), {"x": torch.zeros(5, 3)})
    assert [stage.name for stage in found] == [*(f"blocks.{number}" for number in range(20)), "step"]


def test_what_no_stage_holds_is_listed_with_its_shape() -> None:
    module = Loop()
    found = stages(module, {"x": torch.zeros(5, 3)})
    assert held(module, found) == {"bare": (2,), "used.weight": (2, 3), "used.bias": (2,)}


WITHOUT_GRADIENT = {"perceptron"}
"""What has parameters and jumps: rules of their own change them."""


def test_every_architecture_runs_forward_and_backward(architecture: Architecture) -> None:
    result = run_once(BASE, architecture.id)
    assert list(result.outputs) == list(architecture.signature_of().outputs)
    assert set(result.inputs) >= {n for n, shape in architecture.signature_of().inputs.items() if not shape.optional}
    listed = sum(stage.parameters for stage in result.stages) + sum(map(math.prod, result.held.values()))
    assert listed == result.parameters
    for output in result.outputs.values():
        assert output.least <= output.mean <= output.greatest
    if result.parameters and architecture.id not in WITHOUT_GRADIENT:
        assert result.backward_ms is not None
        assert result.gradient_norm is not None
        assert result.gradient_norm > 1e-6
        assert result.without_gradient == []
    else:
        assert result.backward_ms is None


def test_the_same_seed_gives_the_same_result() -> None:
    first, again, other = (run_once(BASE, "mlp", seed=seed) for seed in (1, 1, 2))
    assert first.outputs == again.outputs
    assert first.gradient_norm == again.gradient_norm
    assert first.outputs != other.outputs


def test_wrong_names_are_reported() -> None:
    with pytest.raises(KeyError, match=r"no architecture has the name 'softmax', which is a concept"):
        run_once(BASE, "softmax")
    with pytest.raises(ValueError, match=r"lstm has no variant 'tall'; its variants are default, "):
        run_once(BASE, "lstm", "tall")


def test_training_beats_the_trivial_baseline_and_tells_every_step(tmp_path: Path) -> None:
    steps: list[tuple[int, int, float]] = []
    result = train(BASE, "linear-model", progress=lambda *step: steps.append(step))
    assert result.beats_baseline
    assert result.score.value > 0.8 > result.untrained
    assert [loss for *_, loss in steps] == result.losses["task"]
    assert steps[-1][:2] == (result.steps, result.steps)
    save_curve(result, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert caption(result).startswith("linear-model (")
    assert train(BASE, "linear-model").losses == result.losses


def test_a_result_has_all_that_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = Score("nats", 1.0, "bound")
    monkeypatch.setattr("kb.running.trained.others", lambda *_: [bound])
    result = train(BASE, "linear-model", seed=2, steps=2)
    named = (result.architecture, result.variant, result.task, result.seed, result.steps, result.teacher_forcing)
    assert named == ("linear-model", "digits", "digits", 2, 2, False)
    assert result.also == [bound]
    assert len(result.samples) == COUNT
    assert result.module is not None
    assert result.parameters == count_parameters(result.module) == 64 * 10 + 10
    assert result.seconds > 0
    assert train(BASE, "pointer-network", steps=1).teacher_forcing
    data = json.loads(json.dumps(result.as_dict()))
    assert data.keys() == {field.name for field in fields(result)} - {"module"} | {"beats_baseline"}
    assert (data["also"][0]["value"], data["score"]["value"], len(data["samples"])) == (1, result.score.value, COUNT)


def test_a_module_without_parameters_is_only_scored() -> None:
    result = train(BASE, "k-nearest-neighbours")
    assert result.losses == {}
    assert result.score.value == result.untrained > result.baseline


def test_a_module_with_a_closed_form_is_fitted_once_and_not_by_gradients() -> None:
    steps: list[tuple[int, int, float]] = []
    result = train(BASE, "echo-state-network", progress=lambda *step: steps.append(step))
    assert steps == [(1, 1, result.losses["task"][0])]
    assert result.beats_baseline
    assert result.score.value < 0.05 * result.untrained


def test_beating_the_baseline_means_clearly_and_in_the_direction_of_the_metric() -> None:
    common = {"architecture": "a", "variant": "v", "task": "t", "untrained": 9.0, "parameters": 1,
              "seed": 0, "seconds": 1.0, "losses": {}}  # fmt: skip
    for score, baseline, higher_is_better, beats in [
        (1.0, 2.0, False, True),
        (1.0, 2.0, True, False),
        (0.167, 0.170, False, False),  # another draw of the test examples would do as much
        (math.nan, 2.0, False, False),
    ]:
        result = Training(score=Score("m", score), baseline=baseline, higher_is_better=higher_is_better, **common)
        assert result.beats_baseline is beats


@pytest.fixture
def linear(tmp_path: Path) -> Miniature:
    """The bundled linear model and its task, with a variant that changes only the bias and one of another size."""
    small = Miniature(tmp_path)
    link = "implementation: implementations.concepts.task.digits:Digits\n"
    small.write("concepts/task/digits.yaml", CONCEPT.format(id="digits") + link)
    variants = """variants:
  right: {arguments: {in_features: 64, out_features: 10}}
  unbiased: {arguments: {bias: false}}
  small: {arguments: {in_features: 5}}
task: {concept: digits, variant: right, arguments: {layout: flat}}
"""
    code = "implementations.architectures.feedforward.linear_model:LinearModel"
    small.architecture("model", variants, **{"implementations.architectures.family.model:Module": code})
    small.architecture("idle", **{"implementations.architectures.family.idle:Module": code})
    for link in (code, "implementations.concepts.task.digits:Digits"):  # the code of a base is in its own folder
        for source in sources_of(BASE.root, link):
            copy = tmp_path / source.relative_to(BASE.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    return small


def test_another_variant_is_trained_with_the_sizes_of_the_task(linear: Miniature) -> None:
    base = linear.load()
    assert train(base, "model").parameters == 64 * 10 + 10
    result = train(base, "model", "unbiased")
    assert (result.variant, result.parameters) == ("unbiased", 64 * 10)
    assert result.beats_baseline


def test_a_variant_that_does_not_fit_is_reported_before_training(linear: Miniature) -> None:
    steps: list[int] = []
    with pytest.raises(ValueError, match="variant 'small' of model does not fit the task digits: "):
        train(linear.load(), "model", "small", progress=lambda step, *_: steps.append(step))
    assert steps == []


def test_without_a_task_there_is_no_training(linear: Miniature) -> None:
    with pytest.raises(ValueError, match="idle names no task"):
        train(linear.load(), "idle")
