"""What is said of a trained network: its score with its spread, its samples as text, its learning curve."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from kb.running import samples
from kb.running.closed import Solution
from kb.running.curves import _running_mean, save_images
from kb.running.curves import drawn as drawn_curve
from kb.running.samples import GAP, LABEL, NUMBERS, WIDTH, as_rows, lines
from kb.running.scoring import DRAWS, Score, others, score
from kb.schema.training import Objective


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"value": 0.12345}, "error 0.123"),
        ({"value": 0.12345, "kind": "bound"}, "error at most 0.123"),
        ({"value": 0.12345, "kind": "estimate"}, "error about 0.123"),
        ({"value": 12.3456, "spread": 0.0123, "draws": 10}, "error 12.346 ± 0.012 over 10 draws"),
        ({"value": 12.3456, "spread": 0.5, "draws": 3}, "error 12.35 ± 0.50 over 3 draws"),
        ({"value": 123.456, "spread": 30.0, "draws": 3, "kind": "bound"}, "error at most 123 ± 30 over 3 draws"),
        ({"value": 1.0, "spread": 0.0, "draws": 2}, "error 1.000 ± 0.000 over 2 draws"),
    ],
)
def test_a_score_has_the_digits_that_its_spread_leaves(fields: dict[str, Any], text: str) -> None:
    assert str(Score("error", **fields)) == text


class Drawing(nn.Module):
    """Its samples and the values of its objective are what its generator draws."""

    def forward(self, x: Tensor) -> Tensor:
        assert not self.training
        return 2 * x

    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        return torch.randn(count, generator=generator)

    def bound(self, *, generator: torch.Generator, x: Tensor) -> Tensor:
        assert not self.training
        return torch.randn(3, generator=generator)


class Task:
    metric, count, higher_is_better = "nats", 5, False

    def __init__(self, judges: str) -> None:
        self.judges = judges

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        return {"x": torch.ones(2)}, torch.zeros(2)

    def score(self, judged: Tensor, target: Tensor) -> float:
        return float(judged.sum() - target.sum())


def entry(*objectives: Objective) -> Any:
    return SimpleNamespace(id="net", objectives=objectives, task=SimpleNamespace(value="bound"))


OWN = Objective.model_construct(name="own", method="bound", of="nats", value="bound")
EXACT = Objective.model_construct(name="exact", method="bound", of="bits", value="exact")


def drawn(count: int, size: int) -> list[Tensor]:
    return [torch.randn(size, generator=torch.Generator().manual_seed(number)) for number in range(count)]


def test_outputs_are_judged_once() -> None:
    assert score(entry(), Drawing(), Task("outputs")) == Score("nats", 4.0, "bound")


@pytest.mark.parametrize(("draws", "count"), [(None, DRAWS["samples"]), (1, 1), (4, 4)])
def test_samples_are_judged_over_draws(draws: int | None, count: int) -> None:
    found = score(entry(), Drawing(), Task("samples"), draws)
    sums = torch.tensor([float(each.sum()) for each in drawn(count, 5)], dtype=torch.float64)
    assert (found.kind, found.draws) == ("exact", count)
    assert found.value == pytest.approx(float(sums.mean()))
    assert found.spread == (None if count == 1 else pytest.approx(float(sums.std())))


def test_an_objective_is_judged_over_draws_and_is_that_of_the_metric() -> None:
    found = score(entry(EXACT, OWN), Drawing(), Task("objective"))
    means = torch.stack([each.mean() for each in drawn(DRAWS["objective"], 3)])
    assert (found.metric, found.kind, found.draws) == ("nats", "bound", DRAWS["objective"])
    assert found.value == pytest.approx(float(means.mean()), rel=1e-5)
    with pytest.raises(ValueError, match="judged by nats, of which net has no objective"):
        score(entry(EXACT), Drawing(), Task("objective"))


def test_bounds_that_are_not_the_score_are_told_beside_it() -> None:
    """What is judged by an objective has it in the score; an objective that is exact bounds nothing."""
    other = OWN.model_copy(update={"of": "bits"})
    assert [each.metric for each in others(entry(OWN, other, EXACT), Drawing(), Task("objective"))] == ["bits"]
    assert [each.metric for each in others(entry(OWN, other, EXACT), Drawing(), Task("outputs"))] == ["nats", "bits"]


def test_numbers_stand_beside_the_target() -> None:
    """Those of the one output that has its shape, as many as fit; labels are no numbers."""

    class Shown(Task):
        def __init__(self, target: Tensor) -> None:
            super().__init__("outputs")
            self.target = target

        def test(self) -> tuple[dict[str, Tensor], Tensor]:
            return {"x": self.target.double()}, self.target

    target = torch.arange(18.0).reshape(3, 6)
    assert samples.of(Shown(target), Drawing(), 2) == [
        {"target": "0  1  2  3 ...", "output": "0  2  4  6 ..."},
        {"target": "6  7  8  9 ...", "output": "12  14  16  18 ..."},
    ]
    assert samples.of(Shown(target[:, :NUMBERS]), Drawing(), 1)[0]["target"] == "0  1  2  3"
    assert samples.of(Shown(target.long()), Drawing()) == []


def test_samples_are_lines_with_images_side_by_side() -> None:
    grey = torch.tensor([[0.0, 1.0], [0.5, float("nan")]])
    shown = [{"input": grey, "label": "a"}, {"input": grey.expand(3, 2, 2), "label": "bb"}]
    wide = 4 + GAP
    assert lines(shown) == [
        f"{'input':{LABEL}}" + f"{'  ██':{wide}}" + "  ██",
        f"{'':{LABEL}}" + f"{'▒▒  ':{wide}}" + "▒▒",
        f"{'label':{LABEL}}" + f"{'a':{wide}}" + "bb",
        "",
    ]
    assert lines([{"text": "one"}, {"text": "two"}]) == [
        f"{'text':{LABEL}}one", "", f"{'text':{LABEL}}two", ""
    ]  # fmt: skip
    assert lines([]) == []
    across = WIDTH // (2 * 20 + GAP)
    many = lines([{"x": torch.ones(1, 20)}] * (across + 1))
    assert [line.count("█") for line in many] == [40 * across, 0, 40, 0]


def test_a_colour_is_as_dark_as_its_brightest_channel() -> None:
    image = torch.tensor([[[0.0]], [[1.0]], [[0.25]]])
    assert lines([{"x": image}])[0] == f"{'x':{LABEL}}██"
    assert as_rows([{"x": image, "label": "a"}]) == [{"x": [[[0.0]], [[1.0]], [[0.25]]], "label": "a"}]
    assert as_rows([{"x": torch.tensor([[0.12345]])}]) == [{"x": [[0.123]]}]


def test_a_running_mean_is_over_a_fortieth_of_the_run() -> None:
    assert _running_mean([1.0, 3.0, 5.0]) == [1.0, 3.0, 5.0]
    values = [float(number) for number in range(80)]
    assert _running_mean(values) == [0.0, *(number + 0.5 for number in range(79))]


def words_of(picture: str) -> list[str]:
    """The texts of an SVG by matplotlib, which stand as comments beside their outlines."""
    return re.findall(r"<!-- (.*?) -->", picture)


def test_a_learning_curve_names_what_it_shows() -> None:
    one = words_of(drawn_curve({"task": [2.0, 1.0]}, "net on digits: error 0.5", "svg").decode())
    assert one[-5:] == ["training loss", "net on digits", "error 0.5", "loss of each batch", "running mean"]
    assert "step" in one
    both = {"critic_loss": [2.0, 1.0], "generator": [1.0, 1.0]}
    assert words_of(drawn_curve(both, "net", "svg").decode())[-4:] == [
        "critic loss: loss of each batch", "critic loss: running mean", "generator: loss of each batch",
        "generator: running mean",
    ]  # fmt: skip


@pytest.mark.parametrize(("losses", "is_log"), [([10.5, 1.0], True), ([10.0, 1.0], False), ([10.0, 0.0], False)])
def test_losses_over_more_than_a_decade_have_a_logarithmic_axis(losses: list[float], is_log: bool) -> None:
    assert ("10^{0}" in drawn_curve({"task": losses}, "net", "svg").decode()) is is_log


def test_images_are_saved_with_their_names_in_a_column_for_each_sample(tmp_path: Path) -> None:
    both = {"input": torch.ones(2, 2), "label": "a", "output": torch.ones(3, 2, 2)}
    save_images([both, {"input": torch.ones(2, 2)}], tmp_path / "drawn.SVG")
    picture = (tmp_path / "drawn.SVG").read_text(encoding="utf-8")
    assert words_of(picture) == ["input", "output", "input"]
    assert picture.count("<image ") == 3
    with pytest.raises(ValueError, match="there are no images to save"):
        save_images([{"label": "a"}], tmp_path / "none.svg")


class Fitted(nn.Module):
    """One weight that is solved for."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1), requires_grad=False)

    def fit(self, *, target: Tensor, x: Tensor) -> None:
        self.weight.copy_(target.sum() / x.sum())

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x


class Lines(Task):
    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        return {"x": torch.tensor([1.0, 3.0])}, torch.tensor([2.0, 4.0])

    def loss(self, outputs: Tensor, target: Tensor) -> Tensor:
        return (outputs - target).square().mean()


def test_what_is_solved_at_once_takes_one_step_and_goes_on_from_what_was_kept() -> None:
    solution = Solution(Fitted(), Lines("outputs"))
    assert solution.done == 0
    assert [*solution.run()] == [0.25]
    assert [*solution.run()] == []
    assert (solution.done, solution.last, float(solution.trained.weight)) == (1, {"task": 0.25}, 1.5)
    again = Solution(Fitted(), Lines("outputs"))
    again.restore(solution.state())
    assert (again.done, again.last, float(again.trained.weight)) == (1, {"task": 0.25}, 1.5)
    for losses in (torch.zeros(2), torch.zeros(())):
        with pytest.raises(ValueError, match="not those of a single step"):
            again.restore({**solution.state(), "losses": losses})
    fresh = Solution(Fitted(), Lines("outputs"))
    fresh.restore({**solution.state(), "losses": torch.zeros(0)})
    assert fresh.done == 0
