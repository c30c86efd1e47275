"""Measuring: only what is stale, without torch where there is nothing to do, and nothing lost by an interrupt."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
import torch
from bundled import BASE
from torch import nn

import kb
from kb import verify
from kb.evidence import Job, Widening
from kb.schema import Architecture, Concept
from kb.verify.comparing import differences
from kb.verify.experiments import returned
from kb.verify.measuring import WAYS
from kb.verify.pool import processes
from kb.verify.preparing import NOISE, SHARE, _noise_scale, prepare, rounded, seeded
from kb.verify.sizes import measure_size
from kb.verify.speed import _passes, compare_speed

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "base")
    return tmp_path / "base"


def evidence_of(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(root.rglob("*.jsonl"))}


def numbers(text: str) -> list[dict[str, object]]:
    """The measurements of a file, without what another machine changes: times and versions."""
    return [
        {key: value for key, value in json.loads(line).items() if key != "seconds"} for line in text.splitlines()[1:]
    ]


def test_nothing_to_do_ends_at_once_and_without_torch() -> None:
    script = (
        f"import sys, kb; from kb import verify; base = kb.load({str(TINY)!r}); assert verify.plan(base) == [];"
        "assert list(verify.run(base, [])) == []; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_only_what_is_stale_is_planned(copy: Path) -> None:
    base = kb.load(copy)
    assert verify.plan(base) == []
    assert {job.entry for job in verify.plan(base, everything=True)} == {"a-line-has-two-ends", "line"}
    with pytest.raises(ValueError, match="nothing to measure"):
        verify.plan(base, ["linear-map"])
    with pytest.raises(kb.NoSuchEntryError, match="did you mean 'line'"):
        verify.plan(base, ["lime"])


def test_code_that_cannot_be_read_costs_no_evidence(copy: Path) -> None:
    code = copy / "implementations" / "architectures" / "feedforward" / "line.py"
    code.write_text(code.read_text().replace('x: Float[Tensor, "B F"]', "x: Tensor"))
    before = evidence_of(copy)
    base = kb.load(copy)
    with pytest.raises(ValueError, match="the code of line does not say the axes"):
        verify.plan(base, ["line"])
    assert evidence_of(copy) == before


def test_shards_share_the_entries_out() -> None:
    base = kb.load(TINY)
    parts = [verify.plan(base, everything=True, shard=(part, 3)) for part in (1, 2, 3)]
    listed = [job for part in parts for job in part]
    assert sorted(map(str, listed)) == sorted(map(str, verify.plan(base, everything=True)))
    entries = [{job.entry for job in part} for part in parts]
    assert sum(map(len, entries)) == len(set().union(*entries)), "no entry is in two parts"
    for wrong in ("0/2", "3/2", "a/b", "2"):
        with pytest.raises(ValueError, match="expected a part such as 2/5"):
            verify.parse_shard(wrong)


@pytest.mark.parametrize("executor", [None, "threads", "processes"])
def test_measuring_again_gives_the_same_evidence(copy: Path, executor: str | None) -> None:
    """In this process, in a thread and in a process of its own, byte for byte but for times and versions."""
    before = evidence_of(copy)
    base = kb.load(copy)
    work = verify.plan(base, everything=True)
    if executor == "processes":
        others = set(active_children())
        with processes(1) as pool:  # `test_pool` has two, which share the work
            outcomes = list(verify.run(base, work, pool))
        assert set(active_children()) == others, "no process outlives the run"
    elif executor == "threads":
        with ThreadPoolExecutor(1) as pool:
            outcomes = list(verify.run(base, work, pool))
    else:
        outcomes = list(verify.run(base, work))
    assert sorted(str(outcome.job) for outcome in outcomes) == sorted(map(str, work))
    assert not [outcome.error for outcome in outcomes if outcome.error]
    after = evidence_of(copy)
    assert {name: numbers(text) for name, text in after.items()} == {n: numbers(t) for n, t in before.items()}
    assert kb.check(copy) == []


def test_the_same_result_leaves_the_file_as_it_is(copy: Path) -> None:
    list(verify.run(kb.load(copy), verify.plan(kb.load(copy), everything=True)))
    once = evidence_of(copy)
    list(verify.run(kb.load(copy), verify.plan(kb.load(copy), everything=True)))
    assert evidence_of(copy) == once


def test_an_interrupt_keeps_what_is_complete(copy: Path) -> None:
    shutil.rmtree(copy / "evidence")
    base = kb.load(copy)
    work = verify.run(base, verify.plan(base))
    done = {str(next(work).job), str(next(work).job)}
    work.close()
    assert {str(job) for job in verify.plan(kb.load(copy))} == {str(job) for job in verify.plan(base)} - done


def test_code_that_fails_does_not_end_the_others(copy: Path) -> None:
    probe = copy / "implementations" / "biases" / "symmetry" / "oddness.py"
    probe.write_text(probe.read_text().replace("return float", "raise RuntimeError('no') or float"))
    claim = copy / "evidence" / "claims" / "geometry" / "a-line-has-two-ends.jsonl"
    claim.unlink()
    base = kb.load(copy)
    outcomes = {str(outcome.job): outcome.error for outcome in verify.run(base, verify.plan(base))}
    assert outcomes == {
        "a-line-has-two-ends: seed 0": "",
        "line: trait oddness default": "RuntimeError: no",
        "line: trait oddness steep": "RuntimeError: no",
    }
    assert claim.is_file()


def test_the_larger_form_of_an_experiment_is_run_on_request_only(copy: Path) -> None:
    name, file = "a-line-has-two-ends", copy / "implementations/claims/geometry/a_line_has_two_ends.py"
    larger = "\n\ndef thorough(seed):\n    return run(seed) | {'ends': ENDS}\n\n\nENDS = 2.0\n"
    file.write_text(file.read_text() + larger)
    base = kb.load(copy)
    assert verify.plan(base) == base.stale(name) == [], "it is not missing"
    work = verify.plan(base, thorough=True)
    assert [str(job) for job in work] == [f"{name}: thorough 0"]
    assert not [outcome.error for outcome in verify.run(base, work) if outcome.error]
    base = kb.load(copy)
    found = base.evidence[name]
    assert found.claim
    assert found.thorough
    assert (found.claim.verdict, found.thorough.verdict) == ("supported", "supported")
    assert verify.plan(base, thorough=True) == []
    assert "thorough" not in {job.key[0] for job in verify.chosen_at_random(base, "100%", "0")}

    file.write_text(file.read_text().replace("ENDS = 2.0", "ENDS = 3.0"))
    base = kb.load(copy)
    assert [job.key for job in base.stale(name)] == [("thorough", "0")]
    assert "older than what they depend on (thorough 0)" in str(kb.check(copy)[0])
    assert verify.plan(base) == []
    verify.tidy(base)
    assert kb.load(copy).evidence[name].thorough is None
    list(verify.run(kb.load(copy), verify.plan(kb.load(copy), thorough=True)))
    found = kb.load(copy).evidence[name]
    assert found.claim
    assert found.thorough
    assert (found.claim.verdict, found.thorough.verdict) == ("supported", "refuted")


def test_measurements_of_what_is_no_longer_there_are_dropped(copy: Path) -> None:
    entry = copy / "entries" / "architectures" / "feedforward" / "line.yaml"
    text = entry.read_text()
    start = text.index("variants:")
    entry.write_text(text[:start] + text[text.index("complexity:") :])
    assert any("no longer there" in problem.message for problem in kb.check(copy))
    verify.tidy(kb.load(copy))
    assert kb.check(copy) == []
    assert "steep" not in (copy / "evidence/architectures/feedforward/line.jsonl").read_text()


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ('"errors": [2.0, 2.0, 2.0]', '"errors": [0.0, 0.0, 0.0]', "was recorded as 'holds', and is 'lacks'"),
        ('"errors": [2.0, 2.0, 2.0]', '"errors": [2.0, 2.0, 1.8]', "errors: 1.8 was recorded, and 2 came out"),
        ('"parameters": 0', '"parameters": 1', "parameters: 1 was recorded, and 0 came out"),
        ('"ends": 2.0', '"ends": 3.0', "3 was recorded, and 2 came out"),
        ('"counts": [2.0]', '"counts": [2.0, 2.0]', "2 numbers were recorded, and 1 came out"),
    ],
)
def test_a_forged_measurement_is_found_out(copy: Path, old: str, new: str, result: str) -> None:
    base = kb.load(copy)
    assert not any(found for _, found in verify.audit(base, verify.chosen_at_random(base, "100%", "0")))
    for path in copy.rglob("*.jsonl"):
        path.write_text(path.read_text().replace(old, new))
    forged = kb.load(copy)
    assert verify.plan(forged) == [], "its digest is right"
    found = [
        result
        for _, differences in verify.audit(forged, verify.chosen_at_random(forged, "100%", "0"))
        for result in differences
    ]
    assert any(result in difference for difference in found), found


REPEATED = ("mlp", "lstm", "convolutional-network", "attention-is-graph-attention")
"""Entries of which measurements are repeated: with sizes of all kinds, gates, maps, and an experiment."""


def test_what_is_recorded_comes_out_again() -> None:
    """The first quick measurement of every kind of each: sizes, errors, numbers of draws, what is drawn."""
    chosen: dict[tuple[str, str], Job] = {}
    for entry_id in REPEATED:
        stale = set(BASE.stale(entry_id))
        for job in BASE.jobs(entry_id):
            if job not in stale and (verify.seconds(BASE, job) or 0.0) <= 0.1:
                chosen.setdefault((entry_id, job.key[0]), job)
    assert {kind for _, kind in chosen} >= WAYS.keys() - {"thorough"}
    assert {str(job): found for job, found in verify.audit(BASE, chosen.values()) if found} == {}


WIDENING = Widening(
    variant="wide", parameters=80, factor=4, copies="tiled", multiple=2, errors=[1e-14, 1e-9], digest=""
)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"errors": [1e-13, 1.615e-9]}, []),
        ({"errors": [1e-13, 1e-6]}, ["errors: 1e-09 was recorded, and 1e-06 came out"]),
        ({"copies": "", "multiple": 1}, [
            "copies: 'tiled' was recorded, and '' came out", "multiple: 2 was recorded, and 1 came out",
        ]),
    ],
)  # fmt: skip
def test_another_processor_rounds_otherwise_but_counts_the_same(changed: dict[str, Any], found: list[str]) -> None:
    job = Job("line", WIDENING.key, "")
    assert differences(kb.load(TINY), job, WIDENING, WIDENING.model_copy(update=changed)) == found


def test_the_choice_of_what_is_repeated_depends_on_the_seed_alone() -> None:
    base = kb.load(TINY)
    assert len(verify.chosen_at_random(base, "100%", "a")) == 11
    assert len(verify.chosen_at_random(base, "30%", "a")) == 4
    assert verify.chosen_at_random(base, "2", "a") == verify.chosen_at_random(kb.load(TINY), "2", "a")
    assert any(
        verify.chosen_at_random(base, "2", str(seed)) != verify.chosen_at_random(base, "2", "a") for seed in range(5)
    )
    with pytest.raises(ValueError, match="expected a number of measurements"):
        verify.chosen_at_random(base, "some", "a")


def test_what_took_longest_is_repeated_first() -> None:
    times = [verify.seconds(BASE, job) or 0.0 for job in verify.chosen_at_random(BASE, "200", "a")]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) > 1


def test_numbers_that_an_experiment_draws_without_its_seed_are_found_by_repeating_it() -> None:
    claim = kb.load(TINY).claims["a-line-has-two-ends"]

    def unseeded(seed: int) -> dict[str, float]:
        return {name: torch.rand(()).item() for name in claim.measures}

    drawn = []
    for _ in range(2):
        torch.default_generator.manual_seed(0)  # as every new process does
        drawn.append(returned(claim, unseeded, "0")["measures"])
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("entry_id", ["graph-neural-network", "deep-equilibrium-model"])
def test_sizes_do_not_depend_on_what_was_drawn_before(entry_id: str) -> None:
    """How often these repeat their layer, and so their FLOPs, depends on the weights."""
    found = []
    for seed in range(4):
        torch.default_generator.manual_seed(seed)
        found.append(measure_size(BASE, BASE[entry_id], "default")["flops"])
    assert len(set(found)) == 1


def test_the_noise_of_weights_keeps_signals_in_range() -> None:
    module = nn.Sequential(nn.Linear(512, 512), nn.Linear(512, 512))
    nn.init.zeros_(module[1].weight)
    spread = module[0].weight.std().item()
    prepare(module, seeded("wide"))
    assert module[0].weight.std().item() / spread == pytest.approx(1.044, abs=0.01)
    assert 0.1 < torch.linalg.matrix_norm(module[1].weight, 2) < 1


def test_preparing_leaves_nothing_at_zero() -> None:
    module = prepare(nn.BatchNorm1d(50), seeded("norm"))
    assert not module.training
    for value in (module.weight, module.bias, module.running_mean, module.running_var):
        assert value.dtype == torch.float64
        assert len(value.unique()) == 50
    assert module.running_var.min() > 0.5, "what is divided by its root stays in range"


@pytest.mark.parametrize(
    ("parameter", "scale"),
    [
        ([[0.0, 2.0]], SHARE * 1.0),
        ([[5.0] * 4] * 2, SHARE / 2),  # four inputs of a unit
        ([5.0] * 4, NOISE),
        ([], NOISE),
    ],
)
def test_noise_is_in_proportion_to_the_spread_or_else_to_the_inputs(parameter: list[Any], scale: float) -> None:
    assert _noise_scale(torch.tensor(parameter)) == pytest.approx(scale)


def test_measuring_takes_one_thread_and_leaves_as_many_as_there_were(monkeypatch: pytest.MonkeyPatch) -> None:
    base, before, taken = kb.load(TINY), torch.get_num_threads(), []

    def way(*_: object) -> dict[str, object]:
        taken.append(torch.get_num_threads())
        raise ValueError("no")

    monkeypatch.setitem(WAYS, "size", way)
    torch.set_num_threads(2)
    try:
        job = next(job for job in base.jobs("line") if job.key[0] == "size")
        assert [outcome.error for outcome in verify.run(base, [job])] == ["ValueError: no"]
        assert (taken, torch.get_num_threads()) == ([1], 2)
    finally:
        torch.set_num_threads(before)


def test_the_first_measure_that_an_experiment_lacks_is_named() -> None:
    claim = max(BASE.claims.values(), key=lambda claim: len(claim.measures))
    with pytest.raises(KeyError, match=f"no measure '{min(claim.measures)}' .it returns other"):
        returned(claim, lambda seed: {"other": 1.0}, "0")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, 0.0),
        (math.inf, math.inf),
        (math.nan, math.nan),
        (3.3e-16, 1e-15),
        (1.2e-13, 1e-12),
        (0.123456, 0.1235),
        (123456.0, 123500.0),
        (-2.00004, -2.0),
    ],
)
def test_rounding(value: float, expected: float) -> None:
    assert rounded(value) == pytest.approx(expected, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("timed", "variant"), [("linear-layer", None), ("mlp", "mnist"), ("graph-network", "rigid-bodies")]
)
def test_speed_is_a_ratio(monkeypatch: pytest.MonkeyPatch, timed: str, variant: str | None) -> None:
    monkeypatch.setattr("kb.verify.speed.SECONDS", 0.05)
    entry = BASE[timed]
    assert isinstance(entry, Architecture | Concept)
    speed = compare_speed(BASE, entry)
    assert speed.variant == variant
    assert (speed.float32 is None) == (variant is None)
    assert speed.rounds >= 5
    assert 0.05 < speed.float64 < 20
    assert (variant or "small sizes") in str(speed)


def test_both_sides_of_a_race_go_back_to_all_weights() -> None:
    """Each time to a whole gradient: a side without one, or with that of the pass before, would have less to do."""

    def theirs(weights: dict[str, torch.Tensor], input: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(input, weights["weight"], weights["bias"])

    ours, inputs = nn.Linear(3, 2), {"input": torch.ones(4, 3)}
    for other, trained in ((theirs, ours), (nn.Linear(3, 2), None)):
        for step, module in zip(_passes(ours, other, inputs), (ours, trained or other), strict=True):
            module.zero_grad()
            for _ in range(2):
                step()
            assert [parameter.grad.unique().tolist() for parameter in module.parameters()] == [[4], [4]]


def test_new_measurements_take_as_long_as_those_of_their_kind() -> None:
    made = [Job(entry, key, "") for entry, lines in BASE.measured.items() for key in lines.measurements]
    unseen = [Job(job.entry, (*job.key, "of another variant"), "") for job in made]
    assert verify.estimate(BASE, unseen) == pytest.approx(verify.estimate(BASE, made), rel=1e-6)
    slow = {job.key[1]: job for job in unseen if job.key[0] == "trait"}
    times = {bias: verify.estimate(BASE, [job]) for bias, job in slow.items()}
    assert max(times.values()) > 10 * min(times.values()), "a bias has a time of its own"
