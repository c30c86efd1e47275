"""Orders of growth: read, compared with polynomials, and these found by counting FLOPs at few sizes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from bundled import BASE
from torch.nn.functional import scaled_dot_product_attention

from kb.complexity import leading, shown, terms
from kb.measuring import count_flops
from kb.rules.cost import _misfits
from kb.verify.costs import STEP, measure_cost
from kb.verify.interpolating import POINTS, polynomial


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("O(1)", ["1"]),
        ("O(B T (F U + U^2))", ["B F T U", "B T U^2"]),
        ("O((S + T)^2)", ["S^2", "S T", "T^2"]),
        ("O(M log M + layers M)", ["M log M", "M layers"]),
        ("O(H W (C + D) (D + 1))", ["C D H W", "C H W", "D^2 H W", "D H W"]),
    ],
)
def test_orders_are_multiplied_out(order: str, expected: list[str]) -> None:
    assert [shown(term) for term in terms(order)] == expected


@pytest.mark.parametrize(
    ("order", "place"),
    [("B T", 1), ("O(B T", 6), ("O(B, T)", 4), ("O(2 B)", 3), ("O(B) a round", 6), ("O(log (B T))", 7), ("", 1)],
)
def test_what_is_no_order_is_said_with_its_place(order: str, place: int) -> None:
    with pytest.raises(ValueError, match=f"at character {place} of .*such as O"):
        terms(order)


def test_a_sum_keeps_only_what_is_within_no_other_term() -> None:
    assert [shown(term) for term in leading(terms("O(B + B U + U^2 + B U^2 + F)"))] == ["B U^2", "F"]


def counted(sizes: Mapping[str, int]) -> int:
    a, b, c = sizes["a"], sizes["b"], sizes["c"]
    return 7 * a**2 * b - 3 * a * b + 5 * c**3 + 11


def test_a_polynomial_is_found_exactly() -> None:
    series = {"a": range(3, 3 + POINTS), "b": range(2, 2 + 4 * POINTS, 4), "c": range(5, 5 + 5 * POINTS, 5)}
    assert polynomial(series, counted) == {(0, 0, 0): 11, (1, 1, 0): -3, (2, 1, 0): 7, (0, 0, 3): 5}


def test_few_values_are_asked_for() -> None:
    requested = []

    def function(sizes: Mapping[str, int]) -> int:
        requested.append(sizes)
        return counted(sizes)

    polynomial(dict.fromkeys("abc", range(1, 1 + POINTS)), function)
    assert len(requested) == 18, "sizes that share no term are tried together once"


@pytest.mark.parametrize("function", [lambda v: 2 ** v["a"] * v["b"], lambda v: v["a"] * v["b"].bit_length()])
def test_what_is_no_polynomial_is_said(function: object) -> None:
    with pytest.raises(ValueError, match=r"where (a|b) grows, it is no polynomial"):
        polynomial({"a": range(1, 1 + POINTS), "b": range(1, 1 + POINTS)}, function)  # type: ignore[arg-type]


def test_what_is_no_polynomial_of_all_sizes_together_is_said() -> None:
    series = dict.fromkeys("ab", range(1, 1 + POINTS))
    with pytest.raises(ValueError, match="where a, b grow"):
        polynomial(series, lambda v: min(v["a"], v["b"]) - 1 if min(v.values()) > 2 else 0)


@pytest.mark.parametrize(
    ("entry_id", "expected"),
    [
        ("linear-model", {"B F G": 2.0}),
        ("mlp", {"B F U": 16.0, "B U^2": 128.0, "B G U": 16.0}),  # U is 1 for two layers of 8 units
        ("lstm", {"B F T U": 8.0, "B T U^2": 8.0, "B G T U": 2.0}),
        ("transformer", {"B D^2 T layers": 8.0, "B D T U layers": 4.0, "B D T^2 layers": 4.0}),
    ],
)
def test_flops_are_those_of_arithmetic(entry_id: str, expected: dict[str, float]) -> None:
    assert measure_cost(BASE, BASE.architectures[entry_id])["terms"] == expected


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_attention_is_counted_on_every_device(device: str) -> None:
    class Attention(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return scaled_dot_product_attention(x, x, x)

    assert count_flops(Attention(), {"x": torch.zeros(1, 1, 5, 4, device=device)}) == 2 * 2 * 5 * 5 * 4


@pytest.mark.parametrize(
    ("stated", "unchecked", "result"),
    [
        ("O(B F U + B U^2)", "", []),
        ("O(B F U + B U^2 + E)", "E", []),
        ("O(B F U)", "", ["FLOPs grow with B U^2, which is in no term"]),
        ("O(B F U^2)", "", ["FLOPs do not grow with B F U^2"]),
        ("O(B F U + B U^2 + E)", "", ["FLOPs do not grow with E"]),
        ("O(B F U + B U^2)", "B U^2", ["B U^2 is counted, and can be checked"]),
        ("O(B F U + B U^2)", "E", ["E is no term of the time"]),
    ],
)
def test_misfits_are_distinguished(stated: str, unchecked: str, result: list[str]) -> None:
    excused = dict.fromkeys(terms(f"O({unchecked})"), unchecked) if unchecked else {}
    found = [message for _, message in _misfits(terms(stated), excused, terms("O(B F U + B U^2)"))]
    assert len(found) == len(result)
    assert all(message.startswith(start) for message, start in zip(found, result, strict=True))


def test_layers_with_the_letter_of_a_length_grow_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    entry, built = BASE.architectures["monotonic-network"], list[int]()
    assert entry.complexity.scaled["L"] == ["depth"]

    def counted(module: torch.nn.Module, inputs: Mapping[str, torch.Tensor]) -> int:
        built.append(sum(1 for _ in module.modules()))
        return count_flops(module, inputs)

    monkeypatch.setattr("kb.verify.costs.count_flops", counted)
    measure_cost(BASE, entry)
    assert max(built) < POINTS * built[0]


def test_sides_of_a_grid_grow_by_what_can_be_halved_and_all_else_by_as_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments grow by their defaults, so that one stays divisible by another."""
    tried: dict[str, list[int]] = {}
    monkeypatch.setattr("kb.verify.costs.polynomial", lambda series, _: tried.update(series) or {})
    measure_cost(BASE, BASE.architectures["resnet"])
    starts = {"B": 2, "H": 32, "W": 24, "C": 3, "D": 4, "K": 5}
    steps = {"B": 1, "H": STEP, "W": STEP, "C": 3, "D": 4, "K": 5}
    assert tried == {name: [first + steps[name] * n for n in range(POINTS)] for name, first in starts.items()}
