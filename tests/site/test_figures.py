"""Figures of claims: what a map shows, and what it needs."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from kb.evidence import ClaimEvidence
from kb.schema import Figure
from kb.site.figures import alone, draw, median, numbers

SIDE = 5
PLACES = [(column / 4, row / 4) for row in range(SIDE) for column in range(SIDE)]
MAP = {
    "form": "map",
    "caption": "A hill, and a plain.",
    "x": "column",
    "y": "row",
    "series": {"hill": "hill", "plain": "plain"},
    "x_axis": {"label": "across"},
    "y_axis": {"label": "down"},
    "height": {"label": "loss"},
}
FOUND = ClaimEvidence(
    verdict="supported",
    seeds=1,
    measures={},
    series=[
        {
            "column": [x for x, _ in PLACES],
            "row": [y for _, y in PLACES],
            "hill": [1 - (x - 0.5) ** 2 - (y - 0.5) ** 2 for x, y in PLACES],
            "plain": [1.0] * len(PLACES),
        }
    ],
    conditions=[],
)


def test_a_map_shows_each_series_in_shades_of_one_scale() -> None:
    svg = draw(Figure.model_validate(MAP), FOUND, "name")
    for text in ("hill", "plain", "across", "down", "loss"):
        assert f">{text}</text>" in svg
    shades = set(re.findall(r"fill: var\(--kb-series-1\); fill-opacity: ([\d.]+)", svg))
    assert len(shades) >= 6  # more of the colour, the higher
    assert "#a100" not in svg
    assert svg == draw(Figure.model_validate(MAP), FOUND, "name")


def test_a_map_on_which_nothing_differs_is_drawn() -> None:
    svg = draw(Figure.model_validate(MAP | {"series": {"plain": "plain"}}), FOUND, "name")
    assert ">plain</text>" in svg


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1e-6, 1e-2, 1.0], ["10⁻⁶", "10⁻⁴", "0.01", "1"]),
        ([0.03, 0.07, 0.6], ["0.05", "0.1", "0.2", "0.5"]),
        ([2e-5, 6e-5, 7e-5], ["2·10⁻⁵", "5·10⁻⁵"]),
        ([1.2, 1.3, 1.6], ["1.2", "1.4", "1.6"]),
        ([1000.0, 3000.0, 9000.0], ["1000", "10⁴"]),
    ],
)
def test_a_logarithmic_axis_has_several_labels(values: list[float], labels: list[str]) -> None:
    figure = Figure.model_validate(
        {
            "caption": "How it falls.",
            "x": "step",
            "series": {"loss": "loss"},
            "x_axis": {"label": "step"},
            "y_axis": {"label": "loss", "scale": "log"},
        }
    )
    series = [{"step": [0.0, 1.0, 2.0], "loss": values}]
    svg = draw(figure, ClaimEvidence(verdict="supported", seeds=1, measures={}, series=series, conditions=[]), "name")
    assert set(labels) <= {*re.findall(r"<text[^>]*>([^<]+)</text>", svg)}


def test_the_table_of_a_map_has_both_places() -> None:
    head, rows = numbers(Figure.model_validate(MAP), FOUND)
    assert head == ["across", "down", "hill", "plain"]
    assert len(rows) == len(PLACES)
    assert rows[1] == ["0.25", "0", "0.6875", "1"]


@pytest.mark.parametrize("lacking", ["y", "height"])
def test_a_map_needs_both_places_and_a_height(lacking: str) -> None:
    with pytest.raises(ValidationError, match="a map needs measures"):
        Figure.model_validate({name: value for name, value in MAP.items() if name != lacking})


def test_only_a_map_has_a_height() -> None:
    with pytest.raises(ValidationError, match="those of a map"):
        Figure.model_validate(MAP | {"form": "line"})


CURVES = {
    "caption": "It rises.",
    "x": "step",
    "series": {"loss": "loss"},
    "x_axis": {"label": "steps"},
    "y_axis": {"label": "loss"},
}
SEEDS = ClaimEvidence(
    verdict="supported",
    seeds=3,
    measures={"first": [1.0, 2.0, 6.0], "second": [3.0, 3.0, 3.0]},
    series=[{"step": [1.0, 2.0], "loss": [low, low + 1]} for low in (0.0, 5.0, 1.0)],
    conditions=[],
)


def test_every_seed_has_a_curve_and_the_median_one_of_its_own() -> None:
    svg = draw(Figure.model_validate(CURVES), SEEDS, "name")
    assert svg.count("stroke-opacity: 0.35") == 3
    assert numbers(Figure.model_validate(CURVES), SEEDS)[1] == [["1", "0, 5, 1"], ["2", "1, 6, 2"]]
    assert median([seed["loss"] for seed in SEEDS.series]) == [1.0, 2.0]


def test_a_bar_is_the_median_of_its_seeds() -> None:
    bars = CURVES | {"form": "bars", "x": ["one", "two"], "series": {"loss": ["first", "second"]}}
    assert SEEDS.spread(["first", "second"]) == [[1.0, 3.0], [2.0, 3.0], [6.0, 3.0]]
    assert numbers(Figure.model_validate(bars), SEEDS)[1] == [["one", "1, 2, 6"], ["two", "3"]]
    assert draw(Figure.model_validate(bars), SEEDS, "name").count("<use ") >= 6  # a dot for every seed


def test_a_single_measure_has_the_values_of_all_seeds() -> None:
    assert SEEDS.spread("first") == [[1.0, 2.0, 6.0]]


def test_a_figure_alone_has_the_colours_of_both_themes() -> None:
    svg = alone(draw(Figure.model_validate(CURVES), SEEDS, "name"))
    style = re.search(r"<style>(.*?)</style>", svg)[1]
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", svg))
    assert len(used) >= 3
    for name in used:
        values = [re.search(rf"{name}: ([^;]+);", part)[1] for part in (light, dark)]
        assert values[0] != values[1], name
