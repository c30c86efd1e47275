"""What tasks give is what their words say: data and targets, taken apart and put together by other means."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from bundled import BASE
from torch import Tensor

from implementations.concepts.task.molecules import drawn
from kb.schema import Concept
from kb.verify.preparing import seeded

REAL = {
    "block-shapes",
    "burgers-equation",
    "charged-particles",
    "closest-pair",
    "coloured-balls",
    "digit-generation",
    "digit-pixels",
    "diminishing-returns",
    "mackey-glass",
    "mass-spring-system",
    "mixture-score",
    "pendulum",
    "random-functions",
    "recorded-walks",
    "rigid-bodies",
    "sorting",
    "zone-plate",
}
"""Tasks whose numbers are not within zero and one."""
SLOW = {"binarised-digits", "molecules"}
"""They take seconds to be made."""


# The entry that a test is about is its parameter, so that `pytest -k` finds it by its id.


def make(entry_id: str, **arguments: Any) -> Any:
    return BASE.concepts[entry_id].load()(generator=seeded(entry_id), **arguments)


def test_codes_and_pictures_are_within_zero_and_one(task: Concept) -> None:
    if task.id in REAL | SLOW:
        pytest.skip("its numbers are coordinates or grey values of another range")
    made = make(task.id)
    for inputs, _ in (made.batch(), made.test()):
        for value in inputs.values():
            if value.is_floating_point():
                assert float(value.min()) == 0
                assert float(value.max()) == 1


@pytest.mark.parametrize("entry_id", ["copying-memory"])
def test_copying_memory_shows_symbols_then_nothing_then_the_sign(entry_id: str) -> None:
    task = make(entry_id, symbols=4, length=3, wait=5)
    for inputs, target in (task.batch(), task.test()):
        shown = inputs["x"].argmax(2)
        assert torch.equal(inputs["x"].sum(2), torch.ones(shown.shape))
        kept, blank, sign = shown[:, :3], 4, 5
        assert int(kept.max()) < blank
        waiting = torch.tensor([blank] * 4 + [sign] + [blank] * 3).expand(len(shown), 8)
        assert torch.equal(shown[:, 3:], waiting)
        assert torch.equal(target, torch.cat([torch.full((len(shown), 8), blank), kept], 1))


@pytest.mark.parametrize("entry_id", ["copying"])
def test_copying_shows_vectors_then_the_mark_then_nothing(entry_id: str) -> None:
    inputs, target = make(entry_id, length=3, bits=2).test()
    rest = torch.zeros(len(target), 3, 3)
    marked = torch.cat([target, torch.zeros(len(target), 3, 1)], 2)
    mark = torch.tensor([0.0, 0.0, 1.0]).expand(len(target), 1, 3)
    assert torch.equal(inputs["x"], torch.cat([marked, mark, rest], 1))


@pytest.mark.parametrize("entry_id", ["adding-problem"])
def test_adding_marks_two_numbers_and_wants_their_sum(entry_id: str) -> None:
    inputs, target = make(entry_id, length=7).test()
    numbers, marks = inputs["x"].unbind(2)
    assert torch.equal(marks.sum(1), torch.full((len(target),), 2.0))
    assert torch.equal(marks, marks.square())
    torch.testing.assert_close(target, torch.stack([n[m > 0].sum() for n, m in zip(numbers, marks, strict=True)]))


@pytest.mark.parametrize("entry_id", ["closest-pair"])
def test_the_closest_pair_is_found_among_all(entry_id: str) -> None:
    inputs, target = make(entry_id).test()
    distances = torch.cdist(inputs["x"].double(), inputs["x"].double())
    distances = distances + torch.eye(distances.shape[1]) * 1e9
    torch.testing.assert_close(target[:, 0].double(), distances.flatten(1).amin(1), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("entry_id", ["sequence-reversal"])
def test_a_sequence_is_to_be_reversed(entry_id: str) -> None:
    inputs, target = make(entry_id).test()
    result = inputs["source"].argmax(2)
    assert torch.equal(target, result.flip(1))
    assert torch.equal(inputs["x"][:, 1:].argmax(2), target[:, :-1]), "the words before each word"


@pytest.mark.parametrize("entry_id", ["karate-club"])
def test_friends_are_friends_of_each_other(entry_id: str) -> None:
    inputs, labels = make(entry_id).batch()
    edges = {tuple(pair) for pair in inputs["edge_index"].T.tolist()}
    assert len(edges) == inputs["edge_index"].shape[1] == 156
    assert edges == {(second, first) for first, second in edges}
    assert torch.equal(inputs["x"], torch.eye(len(labels)))
    assert (int(labels[0]), int(labels[33])) == (0, 1), "the instructor and the officer"


@pytest.mark.parametrize("entry_id", ["molecules"])
def test_only_carbons_are_next_to_an_atom_of_another_kind(entry_id: str) -> None:
    generator = seeded(entry_id)
    kinds = set()
    for _ in range(60):
        molecule = drawn(generator)
        assert int((molecule.kinds[molecule.bonds] > 0).sum(0).max()) <= 1
        assert int(torch.bincount(molecule.bonds.flatten()).max()) <= 3
        kinds |= set(molecule.kinds.tolist())
    assert kinds == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("entry_id", ["digit-pixels"])
def test_pixels_are_the_grey_values_of_a_digit_and_its_positions(entry_id: str) -> None:
    """Sorted by its codes of positions, a shuffled set is the image again: no two pixels have the same code."""
    inputs, target = make(entry_id).test()
    images, labels = make("digits").test()
    assert torch.equal(target, labels)
    pixels = inputs["x"][:, torch.randperm(64, generator=seeded(entry_id))]
    number = 8 * (pixels[..., 1] + 1) * 7 / 2 + (pixels[..., 2] + 1) * 7 / 2  # of a pixel, row by row
    order = number.argsort(1)
    assert torch.equal(pixels[..., 0].gather(1, order), images["x"])
    first = torch.tensor([-1.0, -1.0, *[0.0, -1.0, 0.0, 1.0] * 2])  # row 0, column 0: sine and cosine of -pi and -2 pi
    torch.testing.assert_close(inputs["x"][0, 0, 1:], first, rtol=0, atol=1e-6)


@pytest.mark.parametrize("entry_id", ["scenes-to-captions"])
def test_captions_tell_their_scenes(entry_id: str) -> None:
    """The words before each word are the caption moved on by one; colours of the caption are those of the picture."""
    task = make(entry_id)
    inputs, target = task.batch()
    words: Tensor = inputs["words"]
    assert torch.equal(words[:, 0].argmax(1), torch.zeros(len(words), dtype=torch.long)), "the first is the start"
    for caption, before in zip(target, words, strict=True):
        result = caption[caption >= 0]
        assert torch.equal(before[1 : len(result)].argmax(1), result[:-1])
        assert float(before[len(result) :].sum()) == 0, "zero behind the end"


@pytest.mark.parametrize(
    ("entry_id", "classes"),
    [("digit-pixels", 10), ("digits", 10), ("karate-club", 2), ("sequence-reversal", 32), ("shifted-digits", 10)],
)
def test_right_answers_score_one_and_the_most_frequent_the_baseline(entry_id: str, classes: int) -> None:
    task = make(entry_id)
    _, target = task.test()
    codes = torch.eye(classes)
    assert task.score(codes[target], target) == 1
    assert task.score(codes[(target + 1) % classes], target) == 0
    constant = [task.score(codes[torch.full_like(target, answer)], target) for answer in range(classes)]
    assert task.baseline() == pytest.approx(max(constant), abs=0.02)
    assert any(task.baseline() == pytest.approx(score, abs=1e-6) for score in constant)


@pytest.mark.parametrize("entry_id", ["adding-problem", "closest-pair"])
def test_the_baseline_of_a_number_is_its_variance(entry_id: str) -> None:
    task = make(entry_id)
    _, target = task.test()
    mean = torch.full((len(target), 1, 1), float(target.mean()))
    answer = (mean,) if entry_id == "adding-problem" else mean[:, 0]
    assert task.score(answer, target) == pytest.approx(task.baseline(), rel=1e-4)
    right = target[:, None, None] if entry_id == "adding-problem" else target
    assert task.score((right,) if entry_id == "adding-problem" else right, target) == 0


@pytest.mark.parametrize("entry_id", ["mackey-glass"])
def test_a_series_is_foretold_to_its_end_and_no_further(entry_id: str) -> None:
    """Windows are drawn up to the last whose targets are all there."""
    task = make(entry_id, horizon=900, length=60, batch_size=2000)
    inputs, target = task.batch()
    assert inputs["x"].shape == target.shape == (2000, 60, 1)
